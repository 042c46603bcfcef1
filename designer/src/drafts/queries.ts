/** Reading and writing drafts, so that nobody writes over what somebody else wrote. */
import { queryOptions } from "@tanstack/react-query";

import { api, tagged, told, type Schemas } from "@/lib/api";
import { Problem } from "@/lib/problem";

export type Files = Schemas["DraftUpdate"]["files"];
export type Version = Schemas["DefinitionRead"];

/** What an editor begins with. */
export interface Beginning {
  code: string;
  kind: string;
  title: string;
  /** The file that defines it, and everything that lies beside it. */
  main: string;
  source: string;
  beside: Files;
  /** The tag of the draft that stands; none where this begins one. */
  etag: string | null;
  base: number | null;
  standing: Version;
}

const path = (code: string) => ({ params: { path: { code } } });

export const kindsKnown = queryOptions({
  queryKey: ["language", "kinds"],
  queryFn: () => told(api.GET("/v1/language/schemas")),
  staleTime: Infinity,
});

/** The draft of a definition, or what one would be begun from. */
export function beginningOf(code: string) {
  return queryOptions({
    queryKey: ["drafts", code, "beginning"],
    queryFn: () => begin(code),
    staleTime: Infinity,
    gcTime: 0,
  });
}

async function begin(code: string): Promise<Beginning> {
  const [versions, kinds] = await Promise.all([
    told(api.GET("/v1/definitions/{code}/versions", path(code))),
    told(api.GET("/v1/language/schemas")),
  ]);
  const open = versions.find((each) => ["draft", "in_review"].includes(each.state));
  const standing = open ?? versions.find((each) => each.live) ?? versions[0];
  if (!standing) throw new Error(code);
  const at = { params: { path: { code, number: standing.version } } };
  const [files, detail] = await Promise.all([
    told(api.GET("/v1/definitions/{code}/versions/{number}/files", at)),
    told(api.GET("/v1/definitions/{code}/versions/{number}", at)),
  ]);
  const main = kinds.find((each) => each.file in files)?.file ?? Object.keys(files)[0] ?? "";
  const source = files[main];
  const beside = Object.entries(files).filter(([name]) => name !== main);
  const hash = new Map(detail.files.map((each) => [each.path, each.sha256]));
  return {
    code,
    kind: standing.kind || (kinds.find((each) => each.file === main)?.kind ?? ""),
    title: standing.title,
    main,
    source: typeof source === "string" ? source : "",
    // Pictures and typefaces stay where they are: they are named, not sent again.
    beside: Object.fromEntries(
      beside.map(([name, each]) => [name, typeof each === "string" ? each : { sha256: hash.get(name) ?? "" }]),
    ),
    etag: open?.state === "draft" ? `"${standing.digest}"` : null,
    base: open ? open.base : standing.version,
    standing,
  };
}

/** What stands now, looked at again and again: somebody else may have saved. */
export function standingDraft(code: string) {
  return queryOptions({
    queryKey: ["drafts", code, "standing"],
    queryFn: async () => {
      try {
        return await told(api.GET("/v1/definitions/{code}/draft", path(code)));
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
    refetchInterval: 4_000,
  });
}

export interface Saving {
  files: Files;
  base: number | null;
  etag: string | null;
}

export async function saveDraft(code: string, { files, base, etag }: Saving) {
  const header = etag === null ? {} : { "If-Match": etag };
  return tagged(
    api.PUT("/v1/definitions/{code}/draft", {
      params: { path: { code }, header },
      body: { files, base },
    }),
  );
}

export async function submitDraft(code: string, note: string, etag: string): Promise<Version> {
  return told(
    api.POST("/v1/definitions/{code}/draft/submit", {
      params: { path: { code }, header: { "If-Match": etag } },
      body: { note: note || null },
    }),
  );
}

export async function discardDraft(code: string): Promise<void> {
  await told(api.DELETE("/v1/definitions/{code}/draft", path(code)));
}
