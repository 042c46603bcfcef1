/** The cells of a decision table: as people write and read them, and as the YAML has them. */
import type { Value } from "@/yaml/writing";

/** A cell as it stands in the grid. */
export function shownCell(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return `[${value.map(shownEntry).join(", ")}]`;
  if (typeof value === "object") return `not ${shownCell((value as { not?: unknown }).not)}`;
  return String(value);
}

function shownEntry(value: unknown): string {
  const shown = shownCell(value);
  return shown.includes(",") ? JSON.stringify(shown) : shown;
}

/** What was typed into a cell; undefined where nothing was. */
export function typedCell(typed: string, type: string): Value | undefined {
  const text = typed.trim();
  if (text === "") return undefined;
  const found = /^(not )?\[(.*)\]$/s.exec(text);
  // An interval opens like a list and is none: `[10..20]`.
  if (!found || text.includes("..")) return plain(text, type);
  const listed = (found[2]?.match(/"[^"]*"|'[^']*'|[^,]+/g) ?? []).map((each) => each.trim()).filter(Boolean);
  const values = listed.map((each) => (/^(["']).*\1$/.test(each) ? each.slice(1, -1) : plain(each, type)));
  return found[1] === undefined ? values : { not: values };
}

/** A number or a truth only in a column of such: `0042` is a text in a column of texts. */
function plain(text: string, type: string): Value {
  if (["number", "money"].includes(type) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

/** What a spreadsheet put on the clipboard, by rows and columns. */
export function sheetOf(text: string): string[][] {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.split("\t").map(unquoted));
}

function unquoted(cell: string): string {
  return /^".*"$/s.test(cell) && cell.length > 1 ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}
