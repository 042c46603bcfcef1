/** What the server says of the text, soon after it was last changed. */
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";

import type { Folder } from "./folder";
import type { Manuscript } from "./manuscript";
import type { Checked } from "./Problems";
import { checkOf, type Kind, type Problem } from "./queries";

const PAUSE = 250;
const NONE: Problem[] = [];

export function useCheck(manuscript: Manuscript, kind: Kind, code: string, folder: Folder) {
  const { text } = useSyncExternalStore(manuscript.subscribe, manuscript.snapshot);
  const beside = useSyncExternalStore(folder.subscribe, folder.snapshot);
  const written = useMemo(() => ({ text, ...beside }), [text, beside]);
  const [settled] = useDebouncedValue(written, PAUSE);
  const query = useQuery({
    ...checkOf(kind, code, settled),
    placeholderData: keepPreviousData,
  });
  const stale = query.isFetching || settled !== written;
  const state: Checked = query.isError ? "failed" : stale ? "checking" : "checked";
  const errors = (query.data?.problems ?? NONE).filter((each) => each.severity === "error").length;
  return { problems: query.data?.problems ?? NONE, state, errors, valid: query.data?.valid === true && !stale };
}
