/** What an edit does not mean stays as it is, byte for byte. */
import { expect, test } from "vitest";

import { dataOf, read, Refusal, type Path, type Splice } from "./reading";
import { apply, insertAfter, remove, rename, set } from "./splicing";
import type { Value } from "./writing";

const LADDER = `# yaml-language-server: $schema=process.json
kind: process            # what this is
code: LADDER
title: 'Reminder ladder'

steps:

  # The first word is friendly.
  tell:
    do: send   # by any channel
    communication: OVERDUE-L1
    payload: {bill.number: bill.number,   bill.amount: "bill.amount"}   # exact spacing

  patience: {do: wait, for: 7 days, title: "A week"}
  # Nobody answered.
  call:
    do: task
    to-do: COLL-FOLLOWUP
    context:
      amount: bill.amount   # in words
      note: |-
        two lines
        # no comment
    outcomes: {promised: patience, refused: letter}
  letter: {do: end, outcome: letter}
`;

function changed(before: string, after: string): [number, number] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  const kept = new Map<string, number>();
  for (const line of now) kept.set(line, (kept.get(line) ?? 0) + 1);
  let gone = 0;
  for (const line of old) {
    const left = kept.get(line) ?? 0;
    if (left > 0) kept.set(line, left - 1);
    else gone += 1;
  }
  return [gone, [...kept.values()].reduce((sum, left) => sum + left, 0)];
}

test.each<[string, (r: ReturnType<typeof read>) => Splice[], [number, number]]>([
  ["a scalar", (r) => set(r, ["steps", "tell", "communication"], "OVERDUE-L2"), [1, 1]],
  ["a scalar with a comment", (r) => set(r, ["kind"], "other"), [1, 1]],
  ["a quoted scalar", (r) => set(r, ["title"], "It's due"), [1, 1]],
  ["a value in braces", (r) => set(r, ["steps", "patience", "for"], "9 days"), [1, 1]],
  ["a new pair in braces", (r) => set(r, ["steps", "patience", "next"], "letter"), [1, 1]],
  ["a new pair of a block", (r) => set(r, ["steps", "tell", "next"], "letter"), [0, 1]],
  ["a mapping that is not there", (r) => set(r, ["steps", "tell", "outcomes", "failed"], "call"), [0, 1]],
  ["several lines", (r) => set(r, ["steps", "call", "context", "note"], "a\nb"), [2, 2]],
  ["a removed pair", (r) => remove(r, ["steps", "call", "to-do"]), [1, 0]],
  ["the last pair of braces", (r) => remove(r, ["steps", "call", "outcomes", "refused"]), [1, 1]],
  ["a removed step and its comment", (r) => remove(r, ["steps", "call"]), [10, 0]],
  ["a renamed key", (r) => rename(r, ["steps", "tell"], "remind"), [1, 1]],
  ["nothing new", (r) => set(r, ["steps", "patience", "title"], "A week"), [0, 0]],
  [
    "a step put between",
    (r) => insertAfter(r, ["steps"], "tell", { hold: { do: "wait", for: "1 day" } }),
    [0, 2],
  ],
])("%s changes its own lines only", (_, edit, lines) => {
  const reading = read(LADDER);
  const after = apply(LADDER, edit(reading));

  expect(read(after).faults).toEqual([]);
  expect(changed(LADDER, after)).toEqual(lines);
});

test("quotes and comments of a changed line stay", () => {
  const after = apply(LADDER, set(read(LADDER), ["title"], "It's due"));

  expect(after).toContain("title: 'It''s due'\n");
  expect(apply(after, set(read(after), ["kind"], "x"))).toContain("kind: x            # what this is");
});

test("what is shared or broken is refused", () => {
  const shared = "a: &x {b: 1}\nc: *x\n";

  expect(() => set(read(shared), ["c", "b"], 2)).toThrow(Refusal);
  expect(() => set(read(shared), ["a"], "y")).toThrow(Refusal);
  expect(() => set(read("a: [1\n"), ["b"], 2)).toThrow(Refusal);
});

// --- whatever an author may have written, and whatever anybody may do to it

function dice(seed: number) {
  let state = seed;
  const next = () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    chance: (odds: number) => next() < odds,
    below: (limit: number) => Math.floor(next() * limit),
    one<T>(of: readonly T[]): T {
      return of[Math.floor(next() * of.length)] as T;
    },
  };
}

const HOSTILE = [
  "plain", "two words", "no", "on", "NO", "20:00", "1e3", "0x1f", "~", "", " led", "trail ", "a: b",
  "# no", "a #b", "{x}", "[y", "'q'", '"d"', "- item", "&a", "*b", "!t", "%d", "@at", "`tick`", "ä€😀",
  "back\\slash", "tab\there", "two\nlines", "ends\n", "\nstarts", "  in\nto", "2026-11-20", "1_000",
  "bill.amount > 0 ? 'a, b' : \"c\"", "x".repeat(120), "null", "true", "=", "<<", "a:b", "?", "? x", "|", "> y",
  "\u2028", "\u0085", "...", "---", "7 days", "a,b", "}", "\ufeffx", "one\n\n\ntwo", "# a\nb", "a\n\tb",
];
const NAMES = ["alpha", "beta", "bill.number", "to-do", "x1", "no", "title", "when"];

type Dice = ReturnType<typeof dice>;

function value(roll: Dice, depth: number): Value {
  const kind = roll.below(depth > 2 ? 3 : 5);
  if (kind === 3) return [roll.one(HOSTILE), roll.below(99)];
  if (kind === 4) {
    return Object.fromEntries(
      Array.from({ length: 1 + roll.below(3) }, () => [roll.one(NAMES), value(roll, depth + 1)]),
    );
  }
  return kind === 2 ? roll.one([0, 7, -1.5, true, false, null]) : roll.one(HOSTILE);
}

function mapping(roll: Dice, indent: number, depth: number): string {
  const pad = " ".repeat(indent);
  const lines: string[] = [];
  for (const name of NAMES.filter(() => roll.chance(0.6))) {
    if (roll.chance(0.2)) lines.push("");
    if (roll.chance(0.3)) lines.push(`${pad}# about ${name} ${roll.below(1e6)}`);
    const tail = roll.chance(0.3) ? `   # beside ${roll.below(1e6)}` : "";
    if (depth < 2 && roll.chance(0.4)) {
      const nested = mapping(roll, indent + 2 + roll.below(2), depth + 1);
      lines.push(nested === "" ? `${pad}${name}: {}${tail}` : `${pad}${name}:${tail}\n${nested}`);
    } else {
      const plain = roll.one([
        "word", "'single'", '"double \\" quoted"', "12", "{a: b,  c: 'd'}", "[1,  two]", "", "{}", "a b c",
        "{\n" + pad + "    a: 1,  # in braces\n" + pad + "    b: 2,\n" + pad + "  }",
        `|\n${pad}    text # kept\n${pad}      deeper`, `>-\n${pad}  folded\n${pad}  lines`,
      ]);
      lines.push(`${pad}${name}: ${plain}${/[|>]/.test(plain) ? "" : tail}`);
    }
  }
  return lines.join("\n");
}

type Data = Record<string, unknown>;
const isData = (it: unknown): it is Data => typeof it === "object" && it !== null && !Array.isArray(it);

function places(data: Data, prefix: Path = []): Path[] {
  return Object.entries(data).flatMap(([key, each]) => [
    [...prefix, key],
    ...(isData(each) ? places(each, [...prefix, key]) : []),
  ]);
}

function at(data: Data, path: Path): Data {
  return path.reduce<unknown>((node, step) => (node as Data)[step], data) as Data;
}

const foreign = (text: string) => text.match(/# (about|beside|in) .*$/gm) ?? [];

test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))("fuzz: seed %i", (seed) => {
  const roll = dice(seed * 7919);
  let text = `${mapping(roll, 0, 0)}${roll.chance(0.8) ? "\n" : ""}`;
  if (!isData(dataOf(read(text))) || text.trim() === "") text = "alpha: 1\n";
  let edits = 0;
  while (edits < 40) {
    const reading = read(text);
    expect(reading.faults, text).toEqual([]);
    const model = structuredClone(dataOf(reading));
    const path = roll.one(places(model));
    if (path === undefined) break;
    const parent = at(model, path.slice(0, -1));
    const key = String(path.at(-1));
    const kind = roll.below(4);
    let splices: Splice[];
    if (kind === 0) {
      const fresh = roll.one(NAMES);
      const [name, put] = [roll.chance(0.5) ? key : fresh, value(roll, 0)];
      splices = set(reading, [...path.slice(0, -1), name], put);
      parent[name] = put;
    } else if (kind === 1) {
      if (Object.keys(parent).length === 1) continue;
      splices = remove(reading, path);
      Reflect.deleteProperty(parent, key);
    } else if (kind === 2) {
      const name = `renamed-${roll.below(1000)}`;
      if (name in parent) continue;
      splices = rename(reading, path, name);
      parent[name] = parent[key];
      Reflect.deleteProperty(parent, key);
    } else {
      const name = `new-${roll.below(1000)}`;
      if (name in parent) continue;
      const put = value(roll, 0);
      splices = insertAfter(reading, path.slice(0, -1), roll.chance(0.2) ? null : key, { [name]: put });
      parent[name] = put;
    }
    const after = apply(text, splices);
    expect(dataOf(read(after)), `${JSON.stringify(splices)}\n${text}\n=>\n${after}`).toEqual(model);
    if (kind >= 2) expect(foreign(after)).toEqual(foreign(text));
    text = after;
    edits += 1;
  }
});
