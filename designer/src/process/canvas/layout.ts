/** Where steps stand and how ways run between them: computed from the flow, kept nowhere. */
import ELK, { type ElkExtendedEdge, type ElkNode } from "elkjs/lib/elk-api.js";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";

import { END, type ProcessView } from "../view";

export const WIDTH = 232;
export const HEIGHT = 68;
const SMALL = { width: 120, height: 40 };

export interface Point {
  x: number;
  y: number;
}

export interface Route {
  points: Point[];
  label: Point | null;
}

export interface Layout {
  nodes: Map<string, Point>;
  routes: Map<string, Route>;
}

export interface Line {
  id: string;
  source: string;
  target: string;
  way: string;
  words: string;
}

/** Every way as a line; several ways between the same steps are lines of their own. */
export function linesOf(view: ProcessView): Line[] {
  return view.steps.flatMap((step) =>
    step.ways
      .filter((way) => way.target !== "")
      .map((way) => ({
        id: `${step.id}\u0000${way.name}`,
        source: step.id,
        target: way.target,
        way: way.name,
        words: way.words,
      })),
  );
}

/** Targets that are no step: the end, and names that nobody bears. */
export function looseEnds(view: ProcessView, lines: Line[]): string[] {
  const ends = new Set(lines.map((line) => line.target).filter((id) => !view.byId.has(id)));
  return [...ends].sort((a, b) => Number(a === END) - Number(b === END));
}

let elk: InstanceType<typeof ELK> | undefined;

function engine(): InstanceType<typeof ELK> {
  // The worker is shipped as it comes: a bundler's version of it does not run.
  elk ??= new ELK({ workerFactory: () => new Worker(workerUrl) });
  return elk;
}

const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.crossingMinimization.forceNodeModelOrder": "false",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.spacing.nodeNodeBetweenLayers": "44",
  "elk.spacing.nodeNode": "44",
  "elk.spacing.edgeNode": "22",
  "elk.spacing.edgeEdge": "16",
  "elk.spacing.edgeLabel": "6",
  "elk.layered.spacing.edgeNodeBetweenLayers": "20",
  "elk.layered.thoroughness": "3",
};

/** What a layout depends on: as long as it is the same, nothing moves. */
export function topologyOf(view: ProcessView): string {
  return JSON.stringify([view.steps.map((step) => step.id), linesOf(view)]);
}

export async function layOut(view: ProcessView): Promise<Layout> {
  const lines = linesOf(view);
  const laid = await engine().layout({
    id: "root",
    layoutOptions: OPTIONS,
    children: [
      ...view.steps.map((step) => ({ id: step.id, width: WIDTH, height: HEIGHT })),
      ...looseEnds(view, lines).map((id) => ({ id, ...SMALL })),
    ],
    edges: lines.map((line) => ({
      id: line.id,
      sources: [line.source],
      targets: [line.target],
      labels: line.words === "" ? [] : [labelOf(line.words)],
    })),
  });
  return {
    nodes: new Map((laid.children ?? []).map((node: ElkNode) => [node.id, { x: node.x ?? 0, y: node.y ?? 0 }])),
    routes: new Map((laid.edges ?? []).map((edge: ElkExtendedEdge) => [edge.id, routeOf(edge)])),
  };
}

function labelOf(text: string) {
  const width = Math.min(220, text.length * 6.6 + 40);
  return { text, width, height: 22, layoutOptions: { "elk.edgeLabels.inline": "true" } };
}

function routeOf(edge: ElkExtendedEdge): Route {
  const section = edge.sections?.[0];
  const label = edge.labels?.[0];
  const centre = label
    ? { x: (label.x ?? 0) + (label.width ?? 0) / 2, y: (label.y ?? 0) + (label.height ?? 0) / 2 }
    : null;
  if (!section) return { points: [], label: centre };
  return {
    points: [section.startPoint, ...(section.bendPoints ?? []), section.endPoint],
    label: centre,
  };
}

/** An orthogonal line with soft corners. */
export function pathThrough(points: Point[], radius = 8): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${first.x},${first.y}`;
  rest.forEach((point, index) => {
    const after = rest[index + 1];
    const before = points[index] ?? first;
    if (after === undefined) {
      path += `L${point.x},${point.y}`;
      return;
    }
    const start = towards(point, before, radius);
    const end = towards(point, after, radius);
    path += `L${start.x},${start.y}Q${point.x},${point.y} ${end.x},${end.y}`;
  });
  return path;
}

function towards(from: Point, to: Point, most: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const part = Math.min(most, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
