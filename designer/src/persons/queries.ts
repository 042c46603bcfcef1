/** What is asked of the server about persons, accounts and premises. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

export type Person = Schemas["PersonDetail"];
export type Entry = Schemas["TimelineEntry"];
export type EntryKind = Entry["kind"];
export type Hit = Schemas["HitRead"];
export type Reminder = Schemas["ReminderRead"];

/** Whose timeline it is. */
export type Subject = { person: string } | { account: string } | { premise: string };

export const ENTRY_KINDS = ["contact", "communication", "to-do", "reminder", "event"] as const;

const ROOT = "persons";
const PAGE = 30;
const FRESH = 10_000;

/** The root of everything that hangs on persons. */
export const personsKey = [ROOT] as const;

export function personOf(key: string) {
  return queryOptions({
    queryKey: [ROOT, key],
    queryFn: () => told(api.GET("/v1/persons/{key}", { params: { path: { key } } })),
  });
}

export function alertsOf(key: string) {
  return queryOptions({
    queryKey: [ROOT, key, "alerts"],
    queryFn: () => told(api.GET("/v1/persons/{key}/alerts", { params: { path: { key } } })),
    refetchInterval: 3 * FRESH,
  });
}

export function timelineOf(subject: Subject, kind: readonly EntryKind[]) {
  return infiniteQueryOptions({
    queryKey: [ROOT, "timeline", subject, kind],
    queryFn: ({ pageParam }) => {
      const chosen = kind.length > 0 ? [...kind] : undefined;
      const query = { ...subject, kind: chosen, limit: PAGE, after: pageParam };
      return told(api.GET("/v1/timeline", { params: { query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: FRESH,
  });
}

export function remindersOf(person: string) {
  return queryOptions({
    queryKey: [ROOT, person, "reminders"],
    queryFn: async () => {
      const state = ["pending" as const, "snoozed" as const, "due" as const, "todo_created" as const];
      return (await told(api.GET("/v1/reminders", { params: { query: { person, state, limit: 50 } } }))).items;
    },
    refetchInterval: 3 * FRESH,
  });
}

export function casesOf(person: string) {
  return queryOptions({
    queryKey: [ROOT, person, "cases"],
    queryFn: async () => (await told(api.GET("/v1/cases", { params: { query: { person, limit: 20 } } }))).items,
  });
}

export function caseOf(case_id: string) {
  return queryOptions({
    queryKey: [ROOT, "case", case_id],
    queryFn: () => told(api.GET("/v1/cases/{case_id}", { params: { path: { case_id } } })),
  });
}

export function accountOf(key: string) {
  return queryOptions({
    queryKey: [ROOT, "account", key],
    queryFn: () => told(api.GET("/v1/accounts/{key}", { params: { path: { key } } })),
  });
}

export function premiseOf(key: string) {
  return queryOptions({
    queryKey: [ROOT, "premise", key],
    queryFn: () => told(api.GET("/v1/premises/{key}", { params: { path: { key } } })),
  });
}

/** What is looked for goes in the body: no log of addresses keeps it. */
export function searchFor(q: string) {
  return queryOptions({
    queryKey: [ROOT, "search", q],
    queryFn: ({ signal }) => told(api.POST("/v1/search", { body: { q, limit: 8, kinds: [], offset: 0 }, signal })),
    enabled: q.length > 1,
    gcTime: 0,
  });
}
