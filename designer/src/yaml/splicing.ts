/**
 * Edits of a YAML text as the smallest splices that say them.
 *
 * The text is never printed anew: what an edit does not mean stays as it is, byte for byte, with its
 * comments, its order and its quotes.
 */
import { isAlias, isMap, isScalar, Scalar, type Node, type Pair, type YAMLMap } from "yaml";

import {
  colonOf,
  commentsAbove,
  endOf,
  endOfPair,
  isBlank,
  lineEnd,
  lineStart,
  nodeAt,
  pairAt,
  pairIn,
  Refusal,
  startOf,
  type Path,
  type Reading,
  type Splice,
} from "./reading";
import { behindColon, block, scalar, type Value } from "./writing";

type Entry = Pair<Scalar, Node | null>;

/** Write a value at a path; what is missing on the way is made. ``undefined`` removes it. */
export function set(reading: Reading, path: Path, value: Value | undefined): Splice[] {
  refuseBroken(reading);
  if (value === undefined) return pairAt(reading, path) ? remove(reading, path) : [];
  const found = pairAt(reading, path);
  return found ? rewrite(reading, path, found, value) : insert(reading, path, value);
}

function rewrite(reading: Reading, path: Path, entry: Entry, value: Value): Splice[] {
  const node = entry.value;
  if (isAlias(node)) throw new Refusal("shared");
  if (isMap(node) && typeof value === "object" && value !== null && !Array.isArray(value)) {
    return merge(reading, path, node, value);
  }
  if (node === null || isBlank(node)) {
    const colon = colonOf(reading, entry);
    return placed(reading, colon, colon, written(reading, path, entry, value));
  }
  refuseShared(node);
  if (JSON.stringify(node.toJS(reading.doc)) === JSON.stringify(value)) return [];
  const to = endOf(reading, node);
  if (isScalar(node) && (typeof value !== "object" || value === null) && isOneLine(node, value)) {
    return [{ from: startOf(node), to, insert: requoted(node, value) }];
  }
  return placed(reading, colonOf(reading, entry), to, written(reading, path, entry, value));
}

/** What takes several lines goes around a comment at the end of the first. */
function placed({ text }: Reading, from: number, to: number, insert: string): Splice[] {
  const end = lineEnd(text, to);
  const rest = text.slice(to, end);
  if (!insert.includes("\n") || !/^\s*(#|$)/.test(rest)) return [{ from, to, insert }];
  if (rest.trim() === "") return [{ from, to: end, insert }];
  const first = insert.indexOf("\n");
  return [
    { from, to, insert: insert.slice(0, first) },
    { from: end, to: end, insert: insert.slice(first) },
  ];
}

function isOneLine(node: Scalar, value: Value): boolean {
  const isBlock = node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED;
  return !isBlock && !(typeof value === "string" && value.includes("\n"));
}

/** Keeps the quotes an author chose, where they can hold the new value. */
function requoted(node: Scalar, value: string | number | boolean | null): string {
  if (typeof value === "string" && node.type === Scalar.QUOTE_DOUBLE) return JSON.stringify(value);
  const holds = typeof value === "string" && !/[\p{Cc}\u2028\u2029\ufeff]/u.test(value);
  if (holds && node.type === Scalar.QUOTE_SINGLE) return `'${value.replaceAll("'", "''")}'`;
  return scalar(value);
}

function written(reading: Reading, path: Path, entry: Entry, value: Value): string {
  const from = startOf(entry.key);
  const flow = mapAt(reading, path.slice(0, -1)).flow === true;
  return behindColon(value, from - lineStart(reading.text, from), flow);
}

/** Pair by pair: what stays the same is not touched. */
function merge(reading: Reading, path: Path, map: YAMLMap, value: { [key: string]: Value }): Splice[] {
  const gone = map.items.map(keyOf).filter((key) => !(key in value));
  if (gone.length === map.items.length) return replaceMap(reading, path, map, value);
  if (gone.length > 0 && map.flow === true) return [rebraced(reading, map, value)];
  const added = Object.entries(value).filter(([key]) => pairIn(map, key) === undefined);
  return [
    ...gone.flatMap((key) => remove(reading, [...path, key])),
    ...Object.entries(value)
      .filter(([key]) => pairIn(map, key) !== undefined)
      .flatMap(([key, each]) => set(reading, [...path, key], each)),
    ...append(reading, map, Object.fromEntries(added), gone),
  ];
}

/** A mapping in braces with some pairs gone: what stays of it is copied as it stands. */
function rebraced(reading: Reading, map: YAMLMap, value: Record<string, Value>): Splice {
  refuseShared(map);
  const pairs = Object.entries(value).map(([key, each]) => {
    const entry = pairIn(map, key);
    const same = JSON.stringify(entry?.value?.toJS(reading.doc)) === JSON.stringify(each);
    if (!entry || !same) return inner({ [key]: each });
    return reading.text.slice(startOf(entry.key), endOfPair(reading, entry));
  });
  return { from: startOf(map), to: endOf(reading, map), insert: `{${pairs.join(", ")}}` };
}

function replaceMap(reading: Reading, path: Path, map: YAMLMap, value: { [key: string]: Value }) {
  const entry = pairAt(reading, path);
  if (entry === undefined) throw new Refusal("shape");
  refuseShared(map);
  const insert = written(reading, path, entry, value);
  return placed(reading, colonOf(reading, entry), endOf(reading, map), insert);
}

function insert(reading: Reading, path: Path, value: Value): Splice[] {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  const node = nodeAt(reading, parent);
  if (isMap(node)) return append(reading, node, { [key]: value }, []);
  if (isAlias(node)) throw new Refusal("shared");
  if (parent.length === 0) return [{ from: 0, to: 0, insert: `${block({ [key]: value }, 0)}\n` }];
  if (!isBlank(node)) throw new Refusal("shape");
  return set(reading, parent, { [key]: value });
}

/** New pairs at the end of a mapping, behind the last one that stays. */
function append(
  reading: Reading,
  map: YAMLMap,
  added: { [key: string]: Value },
  gone: string[],
): Splice[] {
  if (Object.keys(added).length === 0) return [];
  const staying = map.items.filter((each) => !gone.includes(keyOf(each)));
  const last = (staying.at(-1) ?? map.items.at(-1)) as Entry | undefined;
  return [behind(reading, map, last, added)];
}

/** New pairs right behind one of a mapping; before all others where none is named. */
export function insertAfter(
  reading: Reading,
  path: Path,
  after: string | null,
  added: { [key: string]: Value },
): Splice[] {
  refuseBroken(reading);
  const map = nodeAt(reading, path);
  if (!isMap(map) || map.items.length === 0) return set(reading, path, added);
  const entry = after === null ? null : pairIn(map, after);
  if (entry === undefined) throw new Refusal("shape");
  return [entry === null ? before(reading, map, added) : behind(reading, map, entry, added)];
}

function behind(reading: Reading, map: YAMLMap, last: Entry | undefined, added: Record<string, Value>) {
  const { text } = reading;
  if (map.flow === true) {
    const pairs = inner(added);
    if (last === undefined) {
      const at = startOf(map) + 1;
      return { from: at, to: at, insert: pairs };
    }
    const at = endOfPair(reading, last);
    return { from: at, to: at, insert: `, ${pairs}` };
  }
  if (last === undefined) throw new Refusal("shape");
  const at = lineEnd(text, endOfPair(reading, last));
  const gap = isSpaced(reading, map) ? "\n\n" : "\n";
  return { from: at, to: at, insert: gap + spaced(added, columnOf(reading, map), gap) };
}

function before(reading: Reading, map: YAMLMap, added: Record<string, Value>): Splice {
  const first = map.items[0] as Entry;
  const at = startOf(first.key);
  if (map.flow === true) return { from: at, to: at, insert: `${inner(added)}, ` };
  const column = columnOf(reading, map);
  const line = commentsAbove(reading.text, lineStart(reading.text, at));
  const gap = isSpaced(reading, map) ? "\n\n" : "\n";
  return { from: line, to: line, insert: spaced(added, column, gap) + gap };
}

function inner(added: Record<string, Value>): string {
  return behindColon(added, 0, true).trim().slice(1, -1);
}

function spaced(added: Record<string, Value>, column: number, gap: string): string {
  return Object.entries(added)
    .map(([key, value]) => block({ [key]: value }, column))
    .join(gap);
}

/** Whether the author leaves an empty line between the pairs of a mapping. */
function isSpaced(reading: Reading, map: YAMLMap): boolean {
  const [first, second] = map.items as Entry[];
  if (first === undefined || second === undefined) return false;
  const between = reading.text.slice(endOfPair(reading, first), startOf(second.key));
  return /\n[ \t]*\n/.test(between);
}

function columnOf(reading: Reading, map: YAMLMap): number {
  const at = startOf((map.items[0] as Entry).key);
  return at - lineStart(reading.text, at);
}

/** Take a pair out, with the comment lines right above it; a mapping it leaves empty goes too. */
export function remove(reading: Reading, path: Path, whole = true): Splice[] {
  refuseBroken(reading);
  const parent = path.slice(0, -1);
  const map = mapAt(reading, parent);
  const entry = pairIn(map, path.at(-1) ?? "");
  if (entry === undefined) return [];
  if (entry.value !== null) refuseShared(entry.value);
  if (map.items.length === 1 && parent.length > 0) {
    if (whole) return remove(reading, parent);
    const above = pairAt(reading, parent);
    if (above === undefined) throw new Refusal("shape");
    return [{ from: colonOf(reading, above), to: endOf(reading, map), insert: " {}" }];
  }
  return [map.flow === true ? cutInFlow(reading, map, entry) : cutLines(reading, entry)];
}

function cutInFlow(reading: Reading, map: YAMLMap, entry: Entry): Splice {
  const entries = map.items as Entry[];
  const at = entries.indexOf(entry);
  const next = entries[at + 1];
  if (next !== undefined) return { from: startOf(entry.key), to: startOf(next.key), insert: "" };
  const previous = entries[at - 1];
  const from = previous === undefined ? startOf(entry.key) : endOfPair(reading, previous);
  return { from, to: endOfPair(reading, entry), insert: "" };
}

function cutLines(reading: Reading, entry: Entry): Splice {
  const { text } = reading;
  const line = lineStart(text, startOf(entry.key));
  if (text.slice(line, startOf(entry.key)).trim() !== "") throw new Refusal("shape");
  const from = commentsAbove(text, line);
  const end = lineEnd(text, endOfPair(reading, entry));
  if (end < text.length) return { from, to: end + 1, insert: "" };
  return { from: Math.max(0, from - 1), to: end, insert: "" };
}

/** Give a key another name; its value stays. */
export function rename(reading: Reading, path: Path, name: string): Splice[] {
  refuseBroken(reading);
  const entry = pairAt(reading, path);
  if (!entry?.key.range) throw new Refusal("shape");
  return [{ from: entry.key.range[0], to: entry.key.range[1], insert: scalar(name) }];
}

/** The text after some splices, all of which speak of the text before. */
export function apply(text: string, splices: readonly Splice[]): string {
  let changed = "";
  let done = 0;
  for (const each of splices.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    changed += text.slice(done, each.from) + each.insert;
    done = each.to;
  }
  return changed + text.slice(done);
}

function mapAt(reading: Reading, path: Path): YAMLMap {
  const node = nodeAt(reading, path);
  if (isAlias(node)) throw new Refusal("shared");
  if (!isMap(node)) throw new Refusal("shape");
  return node;
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : "";
}

function refuseBroken(reading: Reading): void {
  if (reading.faults.length > 0) throw new Refusal("broken");
}

/** A value that others refer to, or that has a type of its own, is its author's business. */
function refuseShared(node: Node): void {
  if (isAlias(node)) return;
  const { anchor, tag } = node as { anchor?: string; tag?: string };
  if (anchor !== undefined || (tag !== undefined && !tag.startsWith("tag:yaml.org"))) {
    throw new Refusal("shared");
  }
}

/** Lines of text as new pairs of a block mapping, right behind one of them. */
export function insertLines(reading: Reading, path: Path, after: string, lines: string): Splice[] {
  refuseBroken(reading);
  const map = mapAt(reading, path);
  const entry = pairIn(map, after);
  if (entry === undefined || map.flow === true) throw new Refusal("shape");
  const at = lineEnd(reading.text, endOfPair(reading, entry));
  const pad = " ".repeat(columnOf(reading, map));
  const gap = isSpaced(reading, map) ? "\n\n" : "\n";
  const body = lines.split("\n").map((line) => (line === "" ? "" : pad + line));
  return [{ from: at, to: at, insert: gap + body.join("\n") }];
}

/** Let two pairs of a block mapping change places, each with the comments above it. */
export function swap(reading: Reading, path: Path, first: string, second: string): Splice[] {
  refuseBroken(reading);
  const map = mapAt(reading, path);
  const entries = [first, second].map((key) => pairIn(map, key));
  if (map.flow === true || entries.includes(undefined)) throw new Refusal("shape");
  const [a, b] = (entries as Entry[]).map((entry) => {
    const line = lineStart(reading.text, startOf(entry.key));
    return { from: commentsAbove(reading.text, line), to: lineEnd(reading.text, endOfPair(reading, entry)) };
  });
  if (a === undefined || b === undefined) throw new Refusal("shape");
  return [
    { ...a, insert: reading.text.slice(b.from, b.to) },
    { ...b, insert: reading.text.slice(a.from, a.to) },
  ];
}
