/** What is asked of the server about events and the bindings that listen to them. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";
import type { Texts } from "@/lib/search";

export type SystemEvent = Schemas["EventRead"];
export type Effect = Schemas["EffectRead"];
export type Trigger = Schemas["TriggerRead"];

const ROOT = "events";

export const eventsKey = [ROOT] as const;

export const EVENT_FILTERS = ["type", "state", "source", "person", "event"] as const;
export type EventSearch = Texts<(typeof EVENT_FILTERS)[number] | "after">;

export function eventsBy(search: EventSearch) {
  const { event, ...rest } = search;
  return queryOptions({
    queryKey: [ROOT, "list", search],
    queryFn: () => told(api.GET("/v1/events", { params: { query: { ...rest, event_id: event } } })),
    placeholderData: keepPreviousData,
  });
}

export const unmapped = queryOptions({
  queryKey: [ROOT, "unmapped"],
  queryFn: () => told(api.GET("/v1/events/unmapped")),
});

export function eventOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id],
    queryFn: () => told(api.GET("/v1/events/{id}", { params: { path: { id } } })),
  });
}

export const triggers = queryOptions({
  queryKey: [ROOT, "triggers"],
  queryFn: () => told(api.GET("/v1/triggers")),
});
