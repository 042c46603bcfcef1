/** What is asked of the server about definitions. */
import { queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

export type Definition = Schemas["DefinitionRead"];
export type State =
  | "draft"
  | "in_review"
  | "approved"
  | "scheduled"
  | "live"
  | "suspended"
  | "superseded"
  | "retired";

/** What authors work with; what was superseded stands in a definition's own history. */
export const CURRENT: State[] = ["draft", "in_review", "approved", "scheduled", "live", "suspended"];

const ROOT = "definitions";

/** The root of everything that a change of a version makes stale. */
export const definitionsKey = [ROOT] as const;

export function definitionsIn(state: State[], wanted: { text?: string; kind?: string } = {}) {
  return queryOptions({
    queryKey: [ROOT, "list", state, wanted],
    queryFn: () =>
      told(api.GET("/v1/definitions", { params: { query: { state, limit: 500, ...wanted } } })),
  });
}

export const reviewsWaiting = queryOptions({
  queryKey: [ROOT, "reviews"],
  queryFn: () => told(api.GET("/v1/repository/reviews")),
});

export function definitionOf(code: string) {
  return queryOptions({
    queryKey: [ROOT, code],
    queryFn: () => told(api.GET("/v1/definitions/{code}", { params: { path: { code } } })),
  });
}

export function versionsOf(code: string) {
  return queryOptions({
    queryKey: [ROOT, code, "versions"],
    queryFn: () => told(api.GET("/v1/definitions/{code}/versions", { params: { path: { code } } })),
  });
}

export function versionOf(code: string, number: number) {
  return queryOptions({
    queryKey: [ROOT, code, "versions", number],
    queryFn: () =>
      told(
        api.GET("/v1/definitions/{code}/versions/{number}", { params: { path: { code, number } } }),
      ),
  });
}

export function filesOf(code: string, number: number) {
  return queryOptions({
    queryKey: [ROOT, code, "versions", number, "files"],
    queryFn: () =>
      told(
        api.GET("/v1/definitions/{code}/versions/{number}/files", {
          params: { path: { code, number } },
        }),
      ),
  });
}

export function useOf(code: string) {
  return queryOptions({
    queryKey: [ROOT, code, "where-used"],
    queryFn: () =>
      told(api.GET("/v1/definitions/{code}/where-used", { params: { path: { code } } })),
  });
}

export function differenceOf(code: string, from: number, to: number) {
  return queryOptions({
    queryKey: [ROOT, code, "diff", from, to],
    queryFn: () =>
      told(
        api.GET("/v1/definitions/{code}/diff", { params: { path: { code }, query: { from, to } } }),
      ),
  });
}
