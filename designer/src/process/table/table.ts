/** A decision table as its text says it, and what people do to it, each deed as splices of the text. */
import { dataOf, type Reading, type Splice } from "@/yaml/reading";
import { insertAfter, remove, rename, set, swap } from "@/yaml/splicing";
import type { Value } from "@/yaml/writing";

import type { Problem } from "../queries";
import { typedCell } from "./cells";

type Values = { [key: string]: Value };

export interface Column {
  part: "when" | "then" | "note" | "priority";
  name: string;
  type: string;
  label: string;
  /** What can be written in it, where that is known. */
  values: string[];
}

export interface Row {
  id: string;
  when: Values;
  then: Values;
  note: string;
  priority: string;
}

export interface TableView {
  policy: string;
  columns: Column[];
  rows: Row[];
  otherwise: Values | null;
  cases: Record<string, { given?: Values; expect?: Values; row?: string | string[] }>;
}

interface Declared {
  type?: string;
  label?: string;
  values?: unknown;
}

const isMap = (it: unknown): it is Values => typeof it === "object" && it !== null && !Array.isArray(it);
const mapOf = (it: unknown): Values => (isMap(it) ? it : {});

export function tableOf(reading: Reading): TableView {
  const data = dataOf(reading);
  const policy = typeof data.policy === "string" ? data.policy : "";
  const columns = [...columnsOf(data.inputs, "when"), ...columnsOf(data.outputs, "then")];
  if (policy === "priority") columns.push({ part: "priority", name: "priority", type: "number", label: "", values: [] });
  columns.push({ part: "note", name: "note", type: "text", label: "", values: [] });
  return {
    policy,
    columns,
    rows: Object.entries(mapOf(data.rows)).map(([id, raw]) => {
      const row = mapOf(raw);
      return {
        id,
        when: mapOf(row.when),
        then: mapOf(row.then),
        note: typeof row.note === "string" ? row.note : "",
        priority: typeof row.priority === "number" ? String(row.priority) : "",
      };
    }),
    otherwise: isMap(data.otherwise) ? data.otherwise : null,
    cases: mapOf(data.cases) as TableView["cases"],
  };
}

function columnsOf(declared: unknown, part: "when" | "then"): Column[] {
  return Object.entries(mapOf(declared)).map(([name, raw]) => {
    const { type = "text", label, values } = mapOf(raw) as Declared;
    const known = type === "boolean" ? ["true", "false"] : Array.isArray(values) ? values.map(String) : [];
    return { part, name, type, label: label ?? name.replaceAll("_", " "), values: known };
  });
}

export function cellOf(row: Row, { part, name }: Column): unknown {
  return part === "note" ? row.note : part === "priority" ? row.priority : row[part][name];
}

export interface Typed {
  row: string;
  column: Column;
  text: string;
}

/** Write some cells at once; the rows that are not there yet are put below all others. */
export function write(reading: Reading, view: TableView, typed: Typed[]): Splice[] {
  const added: { [key: string]: Value } = {};
  const splices: Splice[] = [];
  for (const id of new Set(typed.map((each) => each.row))) {
    const cells = typed.filter((each) => each.row === id);
    const row = view.rows.find((each) => each.id === id);
    const next = filled(row ?? { id, when: {}, then: {}, note: "", priority: "" }, cells);
    if (row === undefined) added[id] = rowOf(next);
    else splices.push(...changed(reading, row, next));
  }
  const last = view.rows.at(-1)?.id ?? null;
  return Object.keys(added).length > 0 ? [...splices, ...insertAfter(reading, ["rows"], last, added)] : splices;
}

function filled(row: Row, cells: Typed[]): Row {
  const next: Row = { ...row, when: { ...row.when }, then: { ...row.then } };
  for (const { column, text } of cells) {
    if (column.part === "note" || column.part === "priority") next[column.part] = text.trim();
    else {
      const value = typedCell(text, column.type);
      const all = { ...next[column.part], [column.name]: value ?? null };
      next[column.part] = value === undefined ? without(all, column.name) : all;
    }
  }
  return next;
}

function without(values: Values, gone: string): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => name !== gone));
}

function rowOf({ when, then, note, priority }: Row): Value {
  return { when, then, ...(priority === "" ? {} : { priority: Number(priority) }), ...(note === "" ? {} : { note }) };
}

function changed(reading: Reading, before: Row, next: Row): Splice[] {
  const at = (name: string) => ["rows", before.id, name];
  const splices: Splice[] = [];
  for (const part of ["when", "then"] as const) {
    if (JSON.stringify(before[part]) !== JSON.stringify(next[part])) splices.push(...set(reading, at(part), next[part]));
  }
  if (before.priority !== next.priority) {
    splices.push(...set(reading, at("priority"), next.priority === "" ? undefined : Number(next.priority)));
  }
  if (before.note !== next.note) splices.push(...set(reading, at("note"), next.note === "" ? undefined : next.note));
  return splices;
}

export function freshRow(view: TableView, taken: readonly string[] = []): string {
  const known = new Set([...view.rows.map((row) => row.id), ...taken]);
  for (let number = view.rows.length + 1; ; number += 1) if (!known.has(`row-${number}`)) return `row-${number}`;
}

export function addRow(reading: Reading, view: TableView, after: string | null, id: string): Splice[] {
  const below = after ?? view.rows.at(-1)?.id ?? null;
  return insertAfter(reading, ["rows"], below, { [id]: { when: {}, then: {} } });
}

export function removeRow(reading: Reading, id: string): Splice[] {
  return remove(reading, ["rows", id], false);
}

export function moveRow(reading: Reading, view: TableView, id: string, by: -1 | 1): Splice[] {
  const other = view.rows[view.rows.findIndex((row) => row.id === id) + by];
  return other ? swap(reading, ["rows"], by < 0 ? other.id : id, by < 0 ? id : other.id) : [];
}

/** Give a row another name, in the cases that speak of it as well. */
export function renameRow(reading: Reading, view: TableView, id: string, name: string): Splice[] {
  const spoken = Object.entries(view.cases).flatMap(([key, { row }]) => {
    if (row === id) return set(reading, ["cases", key, "row"], name);
    const listed = Array.isArray(row) && row.includes(id);
    return listed ? set(reading, ["cases", key, "row"], row.map((each) => (each === id ? name : each))) : [];
  });
  return [...rename(reading, ["rows", id], name), ...spoken];
}

/** Take a column out, with all that stands in it. */
export function removeColumn(reading: Reading, view: TableView, column: Column): Splice[] {
  if (column.part !== "when" && column.part !== "then") return [];
  const part = column.part;
  const inCase = part === "when" ? "given" : "expect";
  return [
    ...remove(reading, [part === "when" ? "inputs" : "outputs", column.name], false),
    ...view.rows.flatMap((row) => (column.name in row[part] ? set(reading, ["rows", row.id, part], without(row[part], column.name)) : [])),
    ...(view.otherwise && part === "then" && column.name in view.otherwise
      ? set(reading, ["otherwise"], without(view.otherwise, column.name))
      : []),
    ...Object.entries(view.cases).flatMap(([key, each]) => {
      const values = each[inCase];
      return isMap(values) && column.name in values ? set(reading, ["cases", key, inCase], without(values, column.name)) : [];
    }),
  ];
}

/** The parts of the place that a problem is about: `$.rows.small.when` is rows, small, when. */
export function placeOf(problem: Problem): string[] {
  return [...problem.path.matchAll(/\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]/g)].map((each) => each[1] ?? each[2] ?? each[3] ?? "");
}
