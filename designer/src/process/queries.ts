/** What is asked of the server while a definition is written. */
import { queryOptions } from "@tanstack/react-query";

import { api, told, type Schemas } from "@/lib/api";

import type { Schema } from "./schema";

export type Problem = Schemas["Problem"];
export type Reference = Schemas["ReferenceRead"];
export type Kind = Schemas["CheckCreate"]["kind"];
export type Files = Schemas["DraftUpdate"]["files"];

const ROOT = "language";

export function schemaOf(kind: Kind) {
  return queryOptions({
    queryKey: [ROOT, "schema", kind],
    queryFn: async () =>
      (await told(
        api.GET("/v1/language/schemas/{kind}", { params: { path: { kind } } }),
      )) as Schema,
    staleTime: Infinity,
  });
}

export function referencesTo(kind: Kind) {
  return queryOptions({
    queryKey: [ROOT, "references", kind],
    queryFn: () => told(api.GET("/v1/language/references", { params: { query: { kind } } })),
    staleTime: 60_000,
  });
}

/** A text with the files beside it. */
interface Written {
  text: string;
  files: Files;
  edition: number;
}

/** Everything the server has to say about a text. */
export function checkOf(kind: Kind, code: string, { text, files, edition }: Written) {
  return queryOptions({
    queryKey: [ROOT, "check", kind, code, text, edition],
    queryFn: ({ signal }) =>
      told(api.POST("/v1/language/check", { body: { kind, text, files, code }, signal })),
    staleTime: Infinity,
    gcTime: 30_000,
  });
}

/** The step that a problem is about. */
export function stepOf(problem: Problem): string | null {
  const found = /^\$\.(?:steps|undo)(?:\.([\w]+)|\['([^']+)'\])/.exec(problem.path);
  return found?.[1] ?? found?.[2] ?? null;
}

/** The file beside the text that a problem stands in; null where it is the text itself. */
export function besideOf(problem: Problem): string | null {
  return /(?:^|\/)((?:templates|samples|cases|assets)\/.+)$/.exec(problem.file)?.[1] ?? null;
}
