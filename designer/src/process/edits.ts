/** What people do to a process, each deed as splices of its text. */
import type { Path, Reading, Splice } from "@/yaml/reading";
import { insertAfter, remove, rename, set } from "@/yaml/splicing";
import type { Value } from "@/yaml/writing";

import { END, type ProcessView, type Step, type Way } from "./view";

export interface Place {
  step: string;
  way: string;
}

/** Kinds that do not fall through to what stands below them. */
const STOPS_FLOW = new Set(["end", "parallel", "listen"]);

/** Where the target of a way is, or would be, written. */
export function pathOfWay(step: Step, way: string): Path {
  const base: Path = [step.part, step.id];
  if (["next", "error", "undo", "otherwise", "silence", "join", "rejected"].includes(way)) {
    return [...base, way];
  }
  switch (step.do) {
    case "branch":
      return [...base, "cases", way, "next"];
    case "listen":
      return [...base, "events", way];
    case "parallel":
      return [...base, "branches", way];
    case "repeat":
      return [...base, "from"];
    default:
      return [...base, "outcomes", way];
  }
}

/** Let a way lead to another step. */
export function connect(reading: Reading, step: Step, way: string, target: string): Splice[] {
  const path = pathOfWay(step, way);
  const fallsThrough = (way === "next" || way === "otherwise") && target === step.following;
  if (!fallsThrough) return set(reading, path, target);
  const written = step.ways.find((each) => each.name === way)?.path;
  return written ? remove(reading, written) : [];
}

/** Take a way out; what then happens is that the flow falls through, where the language lets it. */
export function disconnect(reading: Reading, step: Step, way: Way): Splice[] {
  if (way.path === null) return set(reading, pathOfWay(step, way.name), END);
  const whole = step.do === "branch" && way.path.at(-1) === "next" && way.path.length > 3;
  return remove(reading, whole ? way.path.slice(0, -1) : way.path);
}

export function freshId(view: ProcessView, wanted: string, taken: ReadonlySet<string> = new Set()) {
  const isTaken = (id: string) => view.byId.has(id) || taken.has(id) || id === END;
  const base = wanted.replace(/-\d+$/, "");
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!isTaken(id)) return id;
  }
}

/** What a new step of a kind says at first. */
export function blank(kind: string, place: Place | null): { [key: string]: Value } {
  switch (kind) {
    case "wait":
      return { do: kind, for: "1 day" };
    case "end":
      return { do: kind, outcome: "done" };
    case "repeat":
      return { do: kind, ...(place ? { from: place.step } : {}), "at-most": 3 };
    default:
      return { do: kind };
  }
}

/** Put a new step on a way, or at the end where no way is named. */
export function insertStep(
  reading: Reading,
  view: ProcessView,
  place: Place | null,
  id: string,
  fields: { [key: string]: Value },
): Splice[] {
  const step = place && view.byId.get(place.step);
  const way = step?.ways.find((each) => each.name === place?.way);
  const main = view.steps.filter((each) => each.part === "steps");
  if (!step || !way) {
    const last = main.at(-1);
    return insertAfter(reading, ["steps"], last?.id ?? null, { [id]: fields });
  }
  if (way.path === null) return insertAfter(reading, ["steps"], step.id, { [id]: fields });
  const spot = spotBelow(main, step);
  const goesOn = STOPS_FLOW.has(String(fields.do)) || spot.following === way.target;
  return [
    ...set(reading, way.path, id),
    ...keepFlow(reading, spot),
    ...insertAfter(reading, ["steps"], spot.id, {
      [id]: goesOn ? fields : { ...fields, next: way.target },
    }),
  ];
}

/** The next place below a step where nothing would fall into what is put there. */
function spotBelow(main: Step[], step: Step): Step {
  const below = main.slice(main.indexOf(step));
  return below.find((each) => fallOf(each) === undefined) ?? below.at(-1) ?? step;
}

function fallOf(step: Step): Way | undefined {
  return step.ways.find((each) => each.path === null);
}

function keepFlow(reading: Reading, step: Step): Splice[] {
  const fall = fallOf(step);
  return fall ? set(reading, pathOfWay(step, fall.name), fall.target) : [];
}

/** Take steps out; the ways that led to one lead on to where it led. */
export function deleteSteps(reading: Reading, view: ProcessView, ids: readonly string[]): Splice[] {
  const gone = new Set(ids.filter((id) => view.byId.has(id)));
  const left = view.steps.filter((step) => !gone.has(step.id));
  return [
    ...left.flatMap((step) =>
      step.ways.flatMap((way) => (gone.has(way.target) ? relink(reading, view, gone, left, step, way) : [])),
    ),
    ...[...gone].flatMap((id) => {
      const step = view.byId.get(id);
      const last = left.length === 0;
      return step ? remove(reading, [step.part, id], !last && step.part === "undo") : [];
    }),
  ];
}

function relink(
  reading: Reading,
  view: ProcessView,
  gone: ReadonlySet<string>,
  left: Step[],
  step: Step,
  way: Way,
): Splice[] {
  const target = way.name === "undo" ? null : successor(view, gone, way.target);
  if (target === null) return way.path && isOptional(way.path) ? remove(reading, way.path) : [];
  if (way.path !== null) return set(reading, way.path, target);
  const main = left.filter((each) => each.part === "steps");
  const below = main[main.indexOf(step) + 1]?.id ?? END;
  return below === target ? [] : set(reading, pathOfWay(step, way.name), target);
}

/** Where a step that goes leads on to; null where it ends, or its ways part. */
function successor(view: ProcessView, gone: ReadonlySet<string>, id: string): string | null {
  const seen = new Set<string>();
  let at: string = id;
  while (gone.has(at)) {
    const way = view.byId.get(at)?.ways.find((each) => each.name === "next" || each.name === "otherwise");
    if (way === undefined || seen.has(at)) return null;
    seen.add(at);
    at = way.target;
  }
  return at;
}

function isOptional(path: Path): boolean {
  return path.includes("outcomes") || path.includes("events") || ["next", "error", "undo"].includes(String(path.at(-1)));
}

/** Give a step another name, wherever it is spoken of. */
export function renameStep(reading: Reading, view: ProcessView, step: Step, id: string): Splice[] {
  return [
    ...rename(reading, [step.part, step.id], id),
    ...view.steps.flatMap((each) =>
      each.ways.flatMap((way) =>
        way.path !== null && way.target === step.id ? set(reading, way.path, id) : [],
      ),
    ),
  ];
}

/** Make another kind of step of one: what the new kind knows as well stays, byte for byte. */
export function replaceKind(
  reading: Reading,
  step: Step,
  kind: string,
  known: ReadonlySet<string>,
): Splice[] {
  const at = [step.part, step.id];
  const fresh = blank(kind, null);
  const kept = Object.entries(step.fields).filter(([name]) => name === "do" || known.has(name));
  const next = Object.fromEntries([...kept, ...Object.entries(fresh).filter(([name]) => !(name in step.fields))]);
  return set(reading, at, { ...(next as { [key: string]: Value }), do: kind });
}
