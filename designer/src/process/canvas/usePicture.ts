/** The picture of a process: its steps and ways, placed. Recomputed where the flow changes, no more. */
import { MarkerType } from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";

import { stepOf, type Problem } from "../queries";
import { END, type ProcessView } from "../view";
import { useWords } from "../words";
import { HEIGHT, layOut, linesOf, looseEnds, topologyOf, WIDTH, type Layout } from "./layout";
import type { EndNodeType, StepData, StepNodeType } from "./StepNode";
import type { WayEdgeType } from "./WayEdge";

export type Marks = ReadonlyMap<string, NonNullable<StepData["mark"]>>;

interface Wanted {
  view: ProcessView;
  problems: readonly Problem[];
  marks?: Marks;
  selected: readonly string[];
  onInsert: ((source: string, way: string) => void) | null;
}

const NOBODY: Layout = { nodes: new Map(), routes: new Map() };
const nothing = () => undefined;

export function usePicture({ view, problems, marks, selected, onInsert }: Wanted) {
  const t = useWords();
  const layout = useLayout(view);
  const nodes = useMemo(() => {
    const told = Map.groupBy(problems, (each) => stepOf(each) ?? "");
    const place = (id: string) => layout.nodes.get(id);
    const steps = view.steps.flatMap((step): StepNodeType[] => {
      const position = place(step.id);
      if (!position) return [];
      const own = told.get(step.id) ?? [];
      const data: StepData = {
        step,
        worst: own.some((each) => each.severity === "error") ? "error" : own.length > 0 ? "warning" : null,
        says: own.map((each) => `${each.message} ${each.mend}`).join("\n"),
        mark: marks?.get(step.id) ?? null,
      };
      const chosen = selected.includes(step.id);
      return [{ id: step.id, type: "step", position, data, selected: chosen, width: WIDTH, height: HEIGHT, ariaLabel: step.title }];
    });
    const ends = looseEnds(view, linesOf(view)).flatMap((id): EndNodeType[] => {
      const position = place(id);
      const label = id === END ? t.theEnd : id;
      const data = { label, missing: id !== END };
      return position
        ? [{ id, type: "end", position, data, selectable: false, focusable: false, connectable: true, width: 120, height: 40 }]
        : [];
    });
    return [...steps, ...ends];
  }, [view, problems, marks, selected, layout, t]);
  const edges = useMemo(
    () =>
      linesOf(view).map((line): WayEdgeType => {
        const ends = [line.source, line.target].map((id) => view.byId.get(id)?.title ?? id);
        const named = t.wayFrom(line.words || t.way_next, ends[0] ?? "", ends[1] ?? "");
        return {
          ...line,
          type: "way",
          ariaLabel: named,
          focusable: false,
          markerEnd: { type: MarkerType.ArrowClosed, color: "var(--ccm-edge)", width: 22, height: 22, markerUnits: "userSpaceOnUse" },
          data: {
            words: line.words,
            way: line.way,
            route: layout.routes.get(line.id),
            insert: onInsert ? `${t.insertHere}: ${named}` : null,
            onInsert: onInsert ?? nothing,
          },
        };
      }),
    [view, layout, onInsert, t],
  );
  return { nodes, edges, ready: layout !== NOBODY };
}

/** The last layout stays until the next one is there. */
function useLayout(view: ProcessView): Layout {
  const [layout, setLayout] = useState(NOBODY);
  const topology = useMemo(() => topologyOf(view), [view]);
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  useEffect(() => {
    let wanted = true;
    void layOut(latest.current).then((laid) => {
      if (wanted) setLayout(laid);
    });
    return () => {
      wanted = false;
    };
  }, [topology]);
  return layout;
}
