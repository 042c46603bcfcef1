/** One way between two steps: its line, its outcome, and the place to put a step on it. */
import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type Edge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";

import { useTaken } from "../lights";
import classes from "./canvas.module.css";
import { pathThrough, type Point, type Route } from "./layout";

export interface WayData extends Record<string, unknown> {
  words: string;
  way: string;
  route: Route | undefined;
  /** What the button says that puts a step here; none where nothing may be changed. */
  insert: string | null;
  onInsert: (source: string, way: string) => void;
}

export type WayEdgeType = Edge<WayData, "way">;

export const WayEdge = memo(function WayEdge(props: EdgeProps<WayEdgeType>) {
  const { data, source, selected, markerEnd } = props;
  const taken = useTaken(source, data?.way ?? "");
  const fits = data?.route !== undefined && data.route.points.length > 1;
  const [straight, x, y] = getSmoothStepPath({ ...props, borderRadius: 8 });
  const path = fits && data.route ? pathThrough(data.route.points) : straight;
  const middle = (fits && data.route && (data.route.label ?? half(data.route.points))) || { x, y };
  return (
    <>
      <BaseEdge path={path} markerEnd={markerEnd} className={classes.line} data-way={data?.way} data-taken={taken || undefined} interactionWidth={18} />
      <EdgeLabelRenderer>
        <div
          className={classes.label}
          data-selected={selected || undefined}
          data-bare={data?.words === "" || undefined}
          style={{ transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }}
        >
          {data?.words !== "" && <span>{data?.words}</span>}
          {data?.insert && data.way !== "undo" && (
            <button
              type="button"
              className={`${classes.plus} nodrag nopan`}
              data-source={source}
              data-way={data.way}
              aria-label={data.insert}
              tabIndex={-1}
              onClick={() => data.onInsert(source, data.way)}
            >
              +
            </button>
          )}
        </div>
      </EdgeLabelRenderer>
    </>
  );
});

/** The point halfway along a line. */
function half(points: Point[]): Point {
  const lengths = points.slice(1).map((point, at) => {
    const before = points[at] ?? point;
    return Math.hypot(point.x - before.x, point.y - before.y);
  });
  let left = lengths.reduce((sum, each) => sum + each, 0) / 2;
  for (const [at, length] of lengths.entries()) {
    const [a, b] = [points[at], points[at + 1]];
    if (a && b && length >= left && length > 0) {
      return { x: a.x + ((b.x - a.x) * left) / length, y: a.y + ((b.y - a.y) * left) / length };
    }
    left -= length;
  }
  return points[0] ?? { x: 0, y: 0 };
}
