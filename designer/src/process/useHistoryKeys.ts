/** Undo and redo work wherever the focus is, but where a field has a history of its own. */
import { useEffect } from "react";

import type { Manuscript } from "./manuscript";

export function useHistoryKeys(manuscript: Manuscript): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const own = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]");
      const key = event.key.toLowerCase();
      if (own || (key !== "z" && key !== "y")) return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) manuscript.redo();
      else manuscript.undo();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [manuscript]);
}
