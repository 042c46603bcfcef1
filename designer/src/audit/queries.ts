/** What is asked of the server about the trail. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";
import { before, from, type Texts } from "@/lib/search";

export type Entry = Schemas["AuditRead"];

const ROOT = "audit";

export const AUDIT_FILTERS = ["chain", "kind", "object", "action", "actor", "since", "until"] as const;
export type AuditSearch = Texts<(typeof AUDIT_FILTERS)[number] | "after">;

export function entriesBy(search: AuditSearch) {
  const { kind, object, since, until, ...rest } = search;
  const query = {
    ...rest,
    object_kind: kind,
    object_id: object,
    since: from(since),
    until: before(until),
    newest_first: true,
    limit: 50,
  };
  return queryOptions({
    queryKey: [ROOT, "list", search],
    queryFn: () => told(api.GET("/v1/audit", { params: { query } })),
    placeholderData: keepPreviousData,
  });
}

export function chainOf(chain: string) {
  return queryOptions({
    queryKey: [ROOT, "chain", chain],
    queryFn: () => told(api.GET("/v1/audit", { params: { query: { chain, limit: 500 } } })),
  });
}

export function wholenessOf(chain: string) {
  return queryOptions({
    queryKey: [ROOT, "whole", chain],
    queryFn: () => told(api.GET("/v1/audit/chains/{chain}", { params: { path: { chain } } })),
    staleTime: 0,
  });
}
