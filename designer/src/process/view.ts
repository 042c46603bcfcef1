/** A process as its text says it: steps and the ways between them. A pure projection of the text. */
import { isMap, isScalar } from "yaml";

import {
  commentsAbove,
  dataOf,
  endOfPair,
  lineStart,
  nodeAt,
  pairIn,
  startOf,
  type Path,
  type Reading,
} from "@/yaml/reading";

export type Part = "steps" | "undo";
type Fields = Record<string, unknown>;

/** The target that ends the process. */
export const END = "end";

export interface Way {
  /** The outcome; `next`, `error`, `join` and `undo` are the language's own words. */
  name: string;
  /** What stands beside the line. */
  words: string;
  target: string;
  /** Where the target is written; null where the way just falls through to the next step. */
  path: Path | null;
}

export interface Step {
  id: string;
  part: Part;
  do: string;
  title: string;
  fields: Fields;
  ways: Way[];
  /** The step below in the text, or the end. */
  following: string;
  comment: string;
  from: number;
  to: number;
}

export interface ProcessView {
  code: string;
  title: string;
  data: Fields;
  steps: Step[];
  byId: Map<string, Step>;
}

export const EMPTY: ProcessView = { code: "", title: "", data: {}, steps: [], byId: new Map() };

const isFields = (it: unknown): it is Fields =>
  typeof it === "object" && it !== null && !Array.isArray(it);
const fieldsOf = (it: unknown): Fields => (isFields(it) ? it : {});
const textOf = (it: unknown): string => (typeof it === "string" ? it : "");

export function titleOf(id: string): string {
  const words = id.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The process of a text that can be read. */
export function project(reading: Reading): ProcessView {
  const data = dataOf(reading);
  const steps = [...partOf(reading, data, "steps"), ...partOf(reading, data, "undo")];
  return {
    code: textOf(data.code),
    title: textOf(data.title),
    data,
    steps,
    byId: new Map(steps.map((step) => [step.id, step])),
  };
}

function partOf(reading: Reading, data: Fields, part: Part): Step[] {
  const map = nodeAt(reading, [part]);
  if (!isMap(map)) return [];
  const written = fieldsOf(data[part]);
  const ids = map.items.flatMap((pair) => (isScalar(pair.key) ? [String(pair.key.value)] : []));
  return ids.map((id, at) => {
    const pair = pairIn(map, id);
    const from = startOf(pair?.key);
    const fields = fieldsOf(written[id]);
    const following = part === "undo" ? END : (ids[at + 1] ?? END);
    return {
      id,
      part,
      do: textOf(fields.do),
      title: textOf(fields.title) || titleOf(id),
      fields,
      ways: part === "undo" ? [] : waysOf([part, id], fields, following),
      following,
      comment: commentOf(reading.text, from),
      from,
      to: pair ? endOfPair(reading, pair) : from,
    };
  });
}

function commentOf(text: string, at: number): string {
  const line = lineStart(text, at);
  const lines = text.slice(commentsAbove(text, line), line).split("\n");
  return lines.map((each) => each.trim().replace(/^#+ ?/, "")).join("\n").trim();
}

/** As `openccm/language/flow.py` follows them. */
function waysOf(path: Path, fields: Fields, following: string): Way[] {
  const kind = textOf(fields.do);
  if (kind === "end") return [];
  const at = (...more: string[]): Path => [...path, ...more];
  const next = textOf(fields.next);
  const on: Way = { name: "next", words: "", target: next || following, path: next ? at("next") : null };
  const ways = declared(kind, fields, at);
  if (kind === "repeat") ways.push({ ...on, words: "then" });
  else if (kind === "branch") ways.push(otherwise(fields, on, at));
  else if (kind !== "parallel" && kind !== "listen") ways.unshift(on);
  const [error, undo] = [textOf(fields.error), textOf(fields.undo)];
  if (error) ways.push({ name: "error", words: "if it fails", target: error, path: at("error") });
  if (undo) ways.push({ name: "undo", words: "taken back by", target: undo, path: at("undo") });
  return ways;
}

function otherwise(fields: Fields, on: Way, at: (...more: string[]) => Path): Way {
  const target = textOf(fields.otherwise);
  const way = { name: "otherwise", words: "otherwise" };
  return target ? { ...way, target, path: at("otherwise") } : { ...on, ...way };
}

function declared(kind: string, fields: Fields, at: (...more: string[]) => Path): Way[] {
  switch (kind) {
    case "branch":
      return Object.entries(fieldsOf(fields.cases)).map(([name, each]) =>
        way(name, textOf(fieldsOf(each).next), at("cases", name, "next")),
      );
    case "listen":
      return [
        ...several(fields.events, "events", at),
        ...one("silence", fields, at, `silence for ${textOf(fields.within) || "…"}`),
      ];
    case "parallel":
      return [
        ...several(fields.branches, "branches", at),
        ...one("join", fields, at, "when all have arrived"),
      ];
    case "repeat": {
      const most = typeof fields["at-most"] === "number" ? fields["at-most"] : "…";
      const back = textOf(fields.from);
      const words = `again, at most ${most} times`;
      return back ? [{ name: "again", words, target: back, path: at("from") }] : [];
    }
    case "approve":
      return one("rejected", fields, at, "rejected");
    default:
      return several(fields.outcomes, "outcomes", at);
  }
}

function several(written: unknown, name: string, at: (...more: string[]) => Path): Way[] {
  return Object.entries(fieldsOf(written)).map(([key, target]) =>
    way(key, textOf(target), at(name, key)),
  );
}

function one(name: string, fields: Fields, at: (...more: string[]) => Path, words: string): Way[] {
  const target = textOf(fields[name]);
  return target ? [{ name, words, target, path: at(name) }] : [];
}

function way(name: string, target: string, path: Path): Way {
  return { name, words: name.replace(/[_-]/g, " "), target, path };
}
