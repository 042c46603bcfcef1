/** What the address says of a page with a timeline: which kinds, and what is open beside it. */
import { useNavigate, useSearch } from "@tanstack/react-router";

import { several } from "@/lib/search";

import { ENTRY_KINDS, type EntryKind } from "./queries";
import type { Opened } from "./Timeline";

export function useBeside() {
  const { kinds, open } = useSearch({ strict: false }) as { kinds?: string; open?: string };
  const navigate = useNavigate();
  const change = (next: { kinds?: string | undefined; open?: string | undefined }) =>
    void navigate({ to: ".", search: ((now: object) => ({ ...now, ...next })) as never, replace: true, resetScroll: false });
  const wanted = several(kinds) ?? [];
  const [kind, id] = (open ?? "").split(":");
  const isKnown = (kind === "contact" || kind === "communication") && id !== undefined;
  return {
    timeline: {
      kinds: ENTRY_KINDS.filter((each) => wanted.includes(each)),
      onKinds: (next: EntryKind[]) => change({ kinds: next.join(",") || undefined }),
      onOpen: (which: Opened) => change({ open: `${which.kind}:${which.id}` }),
    },
    opened: isKnown ? { kind, id } satisfies Opened : null,
    close: () => change({ open: undefined }),
  };
}
