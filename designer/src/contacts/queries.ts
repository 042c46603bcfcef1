/** What is asked of the server about customer contacts. */
import { queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

export type ContactType = Schemas["ContactTypeRead"];
export type Contact = Schemas["ContactRead"];
export type Following = Schemas["FollowingRead"];

const ROOT = "contacts";

export const contactsKey = [ROOT] as const;

export const contactTypes = queryOptions({
  queryKey: [ROOT, "types"],
  queryFn: () => told(api.GET("/v1/contact-types")),
  staleTime: 300_000,
});

const path = (contact_id: string) => ({ params: { path: { contact_id } } });

export function contactOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id],
    queryFn: () => told(api.GET("/v1/customer-contacts/{contact_id}", path(id))),
  });
}

export function logOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id, "log"],
    queryFn: () => told(api.GET("/v1/customer-contacts/{contact_id}/log", path(id))),
    // What follows a contact comes a moment after it.
    refetchInterval: 5_000,
  });
}

export function remindersOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id, "reminders"],
    queryFn: () => told(api.GET("/v1/customer-contacts/{contact_id}/reminders", path(id))),
  });
}
