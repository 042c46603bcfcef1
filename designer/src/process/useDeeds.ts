/** What the designer's buttons and keys do. */
import { useMemo } from "react";

import { tell } from "@/ui/told";

import { copied, pasted } from "./clipboard";
import { blank, connect, deleteSteps, freshId, insertStep, type Place } from "./edits";
import { useWorkshop } from "./workshop";
import { useWords } from "./words";

export interface Deeds {
  add: (kind: string, place: Place | null) => void;
  remove: () => void;
  duplicate: () => void;
  copyText: () => string;
  paste: (text: string) => boolean;
  lead: (source: string, way: string, target: string) => void;
  /** The way that a new step continues where a step is selected. */
  behindSelected: () => Place | null;
}

export function useDeeds(): Deeds {
  const t = useWords();
  const { manuscript, selected, select, act } = useWorkshop();
  return useMemo(() => {
    const now = () => manuscript.snapshot();
    const behindSelected = (): Place | null => {
      const step = now().process.byId.get(selected.at(-1) ?? "");
      const way = step?.ways.find((each) => ["next", "otherwise"].includes(each.name)) ?? step?.ways[0];
      return step && way ? { step: step.id, way: way.name } : null;
    };
    const copyText = () => copied(now().reading, now().process, selected);
    const paste = (text: string): boolean => {
      const { reading, process } = now();
      const main = process.steps.filter((each) => each.part === "steps");
      const below = main.find((each) => each.id === selected.at(-1)) ?? main.at(-1);
      const found = below && pasted(reading, process, below.id, text);
      if (!found) return false;
      act(() => found.splices);
      select(found.ids);
      tell(t.pasted(found.ids.length));
      return true;
    };
    return {
      behindSelected,
      copyText,
      paste,
      add: (kind, place) => {
        const id = freshId(now().process, kind);
        act((reading, process) => insertStep(reading, process, place, id, blank(kind, place)));
        select([id]);
      },
      remove: () => {
        const { process } = now();
        const at = process.steps.findIndex((each) => each.id === selected[0]);
        act((reading, view) => deleteSteps(reading, view, selected));
        const left = manuscript.snapshot().process.steps;
        const next = left[Math.max(0, at - 1)];
        select(next ? [next.id] : []);
      },
      duplicate: () => void paste(copyText()),
      lead: (source, way, target) =>
        act((reading, process) => {
          const step = process.byId.get(source);
          return step ? connect(reading, step, way, target) : [];
        }),
    };
  }, [manuscript, selected, select, act, t]);
}
