/** What is asked of the server about requests and communications. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";
import { before, from, several, type Texts } from "@/lib/search";

export type CommunicationRequest = Schemas["RequestRead"];
export type Communication = Schemas["CommunicationRead"];
export type Story = Schemas["Story"];

const ROOT = "requests";

/** The root of everything that a command makes stale. */
export const requestsKey = [ROOT] as const;

export const REQUEST_FILTERS = ["state", "definition", "system", "person", "reason", "key", "since", "until"] as const;
export type RequestSearch = Texts<(typeof REQUEST_FILTERS)[number] | "after">;

export function requestsBy(search: RequestSearch) {
  const { state, since, until, key, ...rest } = search;
  const query = { ...rest, idempotency_key: key, state: several(state), since: from(since), until: before(until) };
  return queryOptions({
    queryKey: [ROOT, "list", search],
    queryFn: () => told(api.GET("/v1/requests", { params: { query } })),
    placeholderData: keepPreviousData,
  });
}

export const COMMUNICATION_FILTERS = [
  "state",
  "definition",
  "channel",
  "system",
  "person",
  "reason",
  "since",
  "until",
] as const;
export type CommunicationSearch = Texts<(typeof COMMUNICATION_FILTERS)[number] | "after" | "final">;

export function communicationsBy(search: CommunicationSearch) {
  const { state, since, until, final, ...rest } = search;
  const query = {
    ...rest,
    state: several(state),
    since: from(since),
    until: before(until),
    final: final === undefined ? undefined : final === "true",
  };
  return queryOptions({
    queryKey: [ROOT, "communications", search],
    queryFn: () => told(api.GET("/v1/communications", { params: { query } })),
    placeholderData: keepPreviousData,
  });
}

/** Something that goes on is looked at again by itself. */
const LOOK = 4_000;

export function requestOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id],
    queryFn: () => told(api.GET("/v1/requests/{request_id}", { params: { path: { request_id: id } } })),
    refetchInterval: LOOK,
  });
}

export function communicationsOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id, "communications"],
    queryFn: () =>
      told(api.GET("/v1/requests/{request_id}/communications", { params: { path: { request_id: id } } })),
    refetchInterval: LOOK,
  });
}

export function storyOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id, "explanation"],
    queryFn: () =>
      told(api.GET("/v1/requests/{request_id}/explanation", { params: { path: { request_id: id } } })),
    refetchInterval: LOOK,
  });
}


export function communicationOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, "communication", id],
    queryFn: () =>
      told(api.GET("/v1/communications/{communication_id}", { params: { path: { communication_id: id } } })),
  });
}

export function attemptsOf(id: string, attempts: number) {
  return queryOptions({
    queryKey: [ROOT, "communication", id, "attempts", attempts],
    queryFn: () =>
      told(
        api.GET("/v1/communications/{communication_id}/attempts", { params: { path: { communication_id: id } } }),
      ),
  });
}

export function documentsOf(id: string, state: string) {
  return queryOptions({
    queryKey: [ROOT, "communication", id, "documents", state],
    queryFn: () =>
      told(
        api.GET("/v1/communications/{communication_id}/documents", { params: { path: { communication_id: id } } }),
      ),
  });
}

export function statusOf(id: string, state: string) {
  return queryOptions({
    queryKey: [ROOT, "communication", id, "status", state],
    queryFn: () =>
      told(api.GET("/v1/communications/{communication_id}/status", { params: { path: { communication_id: id } } })),
  });
}

/** The exact bytes as text; that somebody looked is on the trail, so it is asked for once. */
export function sourceOf(documentId: string) {
  return queryOptions({
    queryKey: [ROOT, "document", documentId],
    queryFn: () =>
      told(
        api.GET("/v1/documents/{document_id}", {
          params: { path: { document_id: documentId } },
          parseAs: "text",
        }) as Promise<{ data?: string; response: Response }>,
      ),
    staleTime: Infinity,
  });
}
