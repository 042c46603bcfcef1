/** What is done to a table changes the cells it means, and no other byte. */
import { expect, test } from "vitest";

import { dataOf, read, type Splice } from "@/yaml/reading";
import { apply } from "@/yaml/splicing";

import { sheetOf, shownCell, typedCell } from "./cells";
import { addRow, moveRow, removeColumn, removeRow, renameRow, tableOf, write, type Column } from "./table";

const TABLE = `kind: decision-table
policy: first   # from top to bottom
inputs:
  code: {type: text, values: [DOG, NOACC]}
  times: {type: number}
outputs:
  letter: {type: boolean}
rows:
  # Three times is enough.
  third-time:
    when: {code: NOACC,   times: ">= 3"}   # exact spacing
    then: {letter: false}
  no-access:
    when: {code: NOACC}
    then: {letter: true}
cases:
  once: {given: {code: NOACC, times: 1}, expect: {letter: true}, row: no-access}
`;

const view = tableOf(read(TABLE));
const [code, times, letter] = view.columns as [Column, Column, Column];
const after = (edit: (r: ReturnType<typeof read>) => Splice[]) => apply(TABLE, edit(read(TABLE)));

test("a cell changes itself alone", () => {
  expect(after((r) => write(r, view, [{ row: "third-time", column: times, text: ">= 4" }]))).toBe(
    TABLE.replace('">= 3"', '">= 4"'),
  );
});

test("several cells and new rows are one deed", () => {
  const text = after((r) =>
    write(r, view, [
      { row: "no-access", column: times, text: "[1..2]" },
      { row: "no-access", column: letter, text: "" },
      { row: "row-3", column: code, text: "DOG" },
      { row: "row-3", column: letter, text: "false" },
    ]),
  );

  expect(dataOf(read(text)).rows).toEqual({
    "third-time": { when: { code: "NOACC", times: ">= 3" }, then: { letter: false } },
    "no-access": { when: { code: "NOACC", times: "[1..2]" }, then: {} },
    "row-3": { when: { code: "DOG" }, then: { letter: false } },
  });
  expect(text).toContain("{code: NOACC,   times: \">= 3\"}   # exact spacing");
});

test("a row moves with its comment", () => {
  const text = after((r) => moveRow(r, view, "no-access", -1));

  expect(Object.keys(dataOf(read(text)).rows as object)).toEqual(["no-access", "third-time"]);
  expect(text).toContain("  # Three times is enough.\n  third-time:");
  expect(apply(text, moveRow(read(text), tableOf(read(text)), "no-access", 1))).toBe(TABLE);
});

test("a new row stands where it was asked for, and can be filled", () => {
  const text = after((r) => addRow(r, view, "third-time", "row-3"));
  const now = read(text);
  const filled = apply(text, write(now, tableOf(now), [{ row: "row-3", column: code, text: "DOG" }, { row: "row-3", column: times, text: "2" }]));

  expect(Object.keys(dataOf(now).rows as object)).toEqual(["third-time", "row-3", "no-access"]);
  expect(dataOf(read(filled)).rows).toMatchObject({ "row-3": { when: { code: "DOG", times: 2 }, then: {} } });
});

test("a row goes, and a name is followed into the cases", () => {
  expect(dataOf(read(after((r) => removeRow(r, "third-time")))).rows).toEqual({
    "no-access": { when: { code: "NOACC" }, then: { letter: true } },
  });
  expect(after((r) => renameRow(r, view, "no-access", "nobody-in"))).toBe(TABLE.replaceAll("no-access", "nobody-in"));
});

test("a column goes with everything in it", () => {
  const data = dataOf(read(after((r) => removeColumn(r, view, code))));

  expect(data.inputs).toEqual({ times: { type: "number" } });
  expect(data.rows).toEqual({ "third-time": { when: { times: ">= 3" }, then: { letter: false } }, "no-access": { when: {}, then: { letter: true } } });
  expect(data.cases).toMatchObject({ once: { given: { times: 1 } } });
});

test.each([
  ["< 180", "number", "< 180"],
  ["180", "number", 180],
  ["0042", "text", "0042"],
  ["[RES, COM]", "text", ["RES", "COM"]],
  ["[10..20)", "number", "[10..20)"],
  ["not [RES, COM]", "text", { not: ["RES", "COM"] }],
  ["true", "boolean", true],
  ["NO", "text", "NO"],
  ["186.40", "money", 186.4],
])("%s in a column of %s is %j and is shown again", (typed, type, value) => {
  expect(typedCell(typed, type)).toEqual(value);
  expect(typedCell(shownCell(value), type)).toEqual(value);
});

test("a sheet has rows and columns, and its quotes are its own", () => {
  expect(sheetOf('DOG\t"say ""hi"""\r\nNOACC\t3\r\n')).toEqual([["DOG", 'say "hi"'], ["NOACC", "3"]]);
});
