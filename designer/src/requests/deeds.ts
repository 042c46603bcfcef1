/** What can be done with a request, each by one call. */
import { api, told } from "@/lib/api";

import type { Communication, CommunicationRequest } from "./queries";

export const DEEDS = ["hold", "release", "retry", "cancel"] as const;
export type Deed = (typeof DEEDS)[number];

export function doTo(id: string, command: Deed, reason: string) {
  return told(
    api.POST("/v1/requests/{request_id}/{command}", {
      params: { path: { request_id: id, command } },
      body: { reason },
    }),
  );
}

export function resend(request: CommunicationRequest, key: string, channel: string | null) {
  return told(
    api.POST("/v1/requests/{request_id}/copies", {
      params: { path: { request_id: request.id } },
      body: { idempotency_key: key, channel },
    }),
  );
}

/** A key for the next copy that nobody else has. */
export function copyKey(request: CommunicationRequest): string {
  const stamp = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
  return `${request.idempotency_key.slice(0, 90)}/copy-${stamp}`;
}

const OUT = ["sent", "delivered", "read", "dispatched", "printed", "handed_over", "extracted", "sending"];
const OVER = ["bounced", "undelivered", "failed", "expired", "returned", "suppressed", "cancelled"];

/** What the life cycle allows now; the server has the last word. */
export function possible(request: CommunicationRequest, communications: readonly Communication[]): Deed[] {
  const states = communications.map((each) => each.state);
  const deeds: Deed[] = [];
  if (["accepted", "scheduled"].includes(request.state)) deeds.push("hold");
  if (request.state === "held") deeds.push("release");
  if (request.state === "error" || states.includes("error")) deeds.push("retry");
  const before = ["accepted", "awaiting_resolution", "scheduled", "held", "gathering", "error"];
  const pending = states.some((state) => !OUT.includes(state) && !OVER.includes(state));
  if (before.includes(request.state) || (request.state === "prepared" && pending)) deeds.push("cancel");
  return deeds;
}
