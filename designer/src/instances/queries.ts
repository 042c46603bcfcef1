/** What is asked of the server about workflow instances. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";
import type { Texts } from "@/lib/search";

export type Instance = Schemas["InstanceRead"];
export type InstanceDetail = Schemas["InstanceDetail"];
export type Visit = Schemas["VisitRead"];

const ROOT = "instances";

export const instancesKey = [ROOT] as const;

export const INSTANCE_FILTERS = ["process", "step", "state", "version", "person", "key"] as const;
export type InstanceSearch = Texts<(typeof INSTANCE_FILTERS)[number] | "after">;

export function instancesBy(search: InstanceSearch) {
  const { version, ...rest } = search;
  const query = { ...rest, version: version === undefined ? undefined : Number(version) };
  return queryOptions({
    queryKey: [ROOT, "list", search],
    queryFn: () => told(api.GET("/v1/instances", { params: { query } })),
    placeholderData: keepPreviousData,
  });
}

export function instanceOf(id: string) {
  return queryOptions({
    queryKey: [ROOT, id],
    queryFn: () => told(api.GET("/v1/instances/{instance_id}", { params: { path: { instance_id: id } } })),
    refetchInterval: 4_000,
  });
}
