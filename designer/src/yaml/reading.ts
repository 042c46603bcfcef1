/** A YAML text, parsed: where everything stands in it. Nothing here changes anything. */
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";

export type Path = readonly (string | number)[];

/** A replacement of some characters of the text by others. */
export interface Splice {
  from: number;
  to: number;
  insert: string;
}

export interface Fault {
  from: number;
  to: number;
  line: number;
  message: string;
}

export interface Reading {
  text: string;
  doc: Document.Parsed;
  faults: Fault[];
}

/** Why an edit cannot be made here; the text is the way then. */
export class Refusal extends Error {
  readonly reason: "broken" | "shared" | "shape";

  constructor(reason: Refusal["reason"]) {
    super(reason);
    this.name = "Refusal";
    this.reason = reason;
  }
}

export function read(text: string): Reading {
  const lines = new LineCounter();
  const doc = parseDocument(text, {
    version: "1.2",
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
  });
  const faults = doc.errors.map((error) => ({
    from: Math.min(error.pos[0], text.length),
    to: Math.min(error.pos[1], text.length),
    line: lines.linePos(error.pos[0]).line,
    message: error.message,
  }));
  return { text, doc, faults };
}

/** What the text means as plain data; an empty object where it is no mapping. */
export function dataOf(reading: Reading): Record<string, unknown> {
  if (reading.faults.length > 0) return {};
  const data: unknown = reading.doc.toJS({ maxAliasCount: 100 });
  return typeof data === "object" && data !== null && !Array.isArray(data)
    ? (data as Record<string, unknown>)
    : {};
}

export function pairIn(map: YAMLMap, key: string | number): Pair<Scalar, Node | null> | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key)) as
    | Pair<Scalar, Node | null>
    | undefined;
}

/** The node at a path; undefined where there is none. */
export function nodeAt(reading: Reading, path: Path): Node | null | undefined {
  let node: Node | null | undefined = reading.doc.contents;
  for (const step of path) {
    if (isAlias(node)) throw new Refusal("shared");
    if (isMap(node)) node = pairIn(node, step)?.value;
    else if (isSeq(node) && typeof step === "number") node = node.items[step] as Node | undefined;
    else return undefined;
  }
  return node;
}

/** The pair whose key is the last part of the path. */
export function pairAt(reading: Reading, path: Path): Pair<Scalar, Node | null> | undefined {
  const key = path.at(-1);
  const map = nodeAt(reading, path.slice(0, -1));
  return isMap(map) && key !== undefined ? pairIn(map, key) : undefined;
}

/** Whether nothing is written where a value could be. */
export function isBlank(node: Node | null | undefined): boolean {
  return (
    node === null ||
    node === undefined ||
    (isScalar(node) && node.value === null && (node.source ?? "") === "")
  );
}

export function startOf(node: Node | null | undefined): number {
  const range = node?.range;
  if (!range) throw new Refusal("shape");
  return range[0];
}

/** Right behind the colon of a pair. */
export function colonOf(reading: Reading, pair: Pair<Scalar, Node | null>): number {
  const range = pair.key.range;
  const colon = range ? reading.text.indexOf(":", range[1]) : -1;
  if (colon < 0) throw new Refusal("shape");
  return colon + 1;
}

/** Behind the last character that belongs to a node; comments and line ends do not. */
export function endOf(reading: Reading, node: Node): number {
  if (isCollection(node) && node.flow !== true && node.items.length > 0) {
    const last = node.items.at(-1);
    if (isPair(last)) return endOfPair(reading, last as Pair<Scalar, Node | null>);
    return endOf(reading, last as Node);
  }
  if (!node.range) throw new Refusal("shape");
  let end = node.range[1];
  if (isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED)) {
    while (end > node.range[0] && reading.text[end - 1] === "\n") end -= 1;
  }
  return end;
}

export function endOfPair(reading: Reading, pair: Pair<Scalar, Node | null>): number {
  return isBlank(pair.value) || pair.value === null
    ? colonOf(reading, pair)
    : endOf(reading, pair.value);
}

export function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}

/** The end of the line, before its line break. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** Where the lines of comment begin that stand right above a line. */
export function commentsAbove(text: string, line: number): number {
  let start = line;
  while (start > 0) {
    const above = lineStart(text, start - 1);
    if (!/^[ \t]*#/.test(text.slice(above, start))) break;
    start = above;
  }
  return start;
}
