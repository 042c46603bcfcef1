/** What was typed into a to-do and not handed in: kept while the tab lives, whatever happens. */
import { useState } from "react";

import type { Typed } from "@/ui/ValueInput";

export interface Kept {
  outcome: string | null;
  form: Record<string, Typed>;
  reason: string;
  /** The day that belongs to the outcome. */
  on: string;
}

const NOTHING: Kept = { outcome: null, form: {}, reason: "", on: "" };

function read(key: string): Kept {
  const found = sessionStorage.getItem(key);
  return found === null ? NOTHING : { ...NOTHING, ...(JSON.parse(found) as Partial<Kept>) };
}

export function useKept(id: string) {
  const key = `openccm.to-do.${id}`;
  const [kept, setKept] = useState(() => read(key));
  const keep = (change: Partial<Kept>) => {
    const next = { ...kept, ...change };
    sessionStorage.setItem(key, JSON.stringify(next));
    setKept(next);
  };
  const forget = () => {
    sessionStorage.removeItem(key);
    setKept(NOTHING);
  };
  const isDirty = kept.outcome !== null || kept.reason !== "" || Object.keys(kept.form).length > 0;
  return { kept, keep, forget, isDirty };
}
