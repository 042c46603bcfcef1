/** One draft under work: what was saved, what was not, and who else writes. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

import { definitionsKey } from "@/definitions/queries";
import { Problem } from "@/lib/problem";
import { useMay } from "@/signin/queries";
import type { Folder } from "@/process/folder";
import type { Manuscript } from "@/process/manuscript";

import { saveDraft, standingDraft, submitDraft, type Beginning, type Version } from "./queries";
import { forgetWork, keepWork } from "./work";

const KEEP_AFTER = 1_000;

export function useDraft(beginning: Beginning, manuscript: Manuscript, folder: Folder) {
  const { code, main, base } = beginning;
  const client = useQueryClient();
  const [etag, setEtag] = useState(beginning.etag);
  const written = useSyncExternalStore(manuscript.subscribe, manuscript.snapshot);
  const beside = useSyncExternalStore(folder.subscribe, folder.snapshot);
  const { text } = written;
  const changed = written.changed || beside.changed;
  const may = useMay();
  const editable = beginning.standing.state !== "in_review" && may("definition:write");

  useEffect(() => {
    if (!editable) return undefined;
    const keep = () => {
      const { files, changed: besideChanged } = folder.snapshot();
      if (!manuscript.snapshot().changed && !besideChanged) forgetWork(code);
      else keepWork(code, { source: manuscript.source, beside: files, etag, at: new Date().toISOString() });
    };
    const timer = setTimeout(keep, KEEP_AFTER);
    window.addEventListener("pagehide", keep);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("pagehide", keep);
    };
  }, [code, etag, editable, manuscript, folder, text, beside]);

  const save = useMutation({
    mutationFn: async (over: string | null) => {
      manuscript.settle();
      const source = manuscript.source;
      const { files } = folder.snapshot();
      const saved = await saveDraft(code, {
        files: { ...files, [main]: source },
        base,
        etag: over ?? etag,
      });
      return { ...saved, source, files };
    },
    onSuccess: ({ data, etag: fresh, source, files }) => {
      setEtag(fresh);
      manuscript.keep(source);
      folder.keep(files);
      client.setQueryData(standingDraft(code).queryKey, data);
      void client.invalidateQueries({ queryKey: definitionsKey });
    },
  });

  const submit = useMutation({
    mutationFn: async (note: string): Promise<Version> => {
      const fresh = !manuscript.snapshot().changed && !folder.snapshot().changed;
      const tag = !fresh || etag === null ? (await save.mutateAsync(null)).etag : etag;
      return submitDraft(code, note, tag);
    },
    onSuccess: () => {
      forgetWork(code);
      void client.invalidateQueries({ queryKey: definitionsKey });
    },
  });

  const standing = useQuery({ ...standingDraft(code), enabled: editable }).data;
  const seen = etag?.replaceAll('"', "");
  const newer = standing && standing.digest !== seen && !save.isPending ? standing : null;

  /** Go on from somebody else's draft: its tag is ours now. */
  const adopt = useCallback((digest: string) => setEtag(`"${digest}"`), []);

  return { etag, changed, editable, save, submit, newer, adopt, overtaken: overtakenBy(save.error) };
}

export function overtakenBy(error: unknown): { editor: string; digest: string } | null {
  if (!(error instanceof Problem) || error.code !== "overtaken") return null;
  const { editor, digest } = error.body;
  return { editor: String(editor ?? ""), digest: String(digest ?? "") };
}
