/** Values as YAML text. Whatever is written is read back first: it must mean the same. */
import { parse } from "yaml";

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

const WIDTH = 88;

/** A scalar on one line, plain where that means the same in every context. */
export function scalar(value: string | number | boolean | null): string {
  if (typeof value !== "string") return JSON.stringify(value);
  if (value !== "" && value.length < 400 && isPlain(value)) return value;
  return quoted(value);
}

function isPlain(value: string): boolean {
  if (/[\p{Cc}\u2028\u2029\ufeff]/u.test(value) || value.trim() !== value) return false;
  if (/^(---|\.\.\.)/.test(value) || /^[\d.+~-]/.test(value) === true && !isWord(value)) return false;
  try {
    const inFlow: unknown = parse(`{a: ${value}, b: [${value}]}`, { stringKeys: true, logLevel: "error" });
    const inBlock: unknown = parse(`a: ${value}\n`, { logLevel: "error" });
    return (
      JSON.stringify(inFlow) === JSON.stringify({ a: value, b: [value] }) &&
      JSON.stringify(inBlock) === JSON.stringify({ a: value })
    );
  } catch {
    return false;
  }
}

/** Begins like a number, but no reader of YAML 1.1 or 1.2 takes it for one, or for a date. */
function isWord(value: string): boolean {
  return /^\d+ [A-Za-z][A-Za-z ]*$/.test(value);
}

/** Like JSON, but with what YAML cannot hold raw escaped as well. */
function quoted(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (odd) => `\\u${odd.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function inFlow(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(inFlow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([key, each]) => `${scalar(key)}: ${inFlow(each)}`);
    return `{${pairs.join(", ")}}`;
  }
  return scalar(value);
}

/** Several lines kept as they are, where the indentation can carry them. */
function literal(value: string, indent: number): string | null {
  if (!/^[^\s#][^]*\S\n?$/.test(value) || !value.trimEnd().includes("\n")) return null;
  if (/[\p{Cc}\u2028\u2029\ufeff]/u.test(value.replaceAll("\n", ""))) return null;
  const pad = " ".repeat(indent + 2);
  const lines = value.replace(/\n$/, "").split("\n");
  const body = lines.map((line) => (line === "" ? "" : pad + line)).join("\n");
  return ` ${value.endsWith("\n") ? "|" : "|-"}\n${body}`;
}

/** What stands behind the colon of a key that begins at ``indent``. */
export function behindColon(value: Value, indent: number, flow: boolean): string {
  if (typeof value === "string") {
    return (flow ? null : literal(value, indent)) ?? ` ${scalar(value)}`;
  }
  if (flow || typeof value !== "object" || value === null || Array.isArray(value)) {
    return ` ${inFlow(value)}`;
  }
  const entries = Object.entries(value);
  const short = inFlow(value);
  const simple = entries.every(([, each]) => typeof each !== "object" || each === null);
  const lines = entries.some(([, each]) => typeof each === "string" && each.includes("\n"));
  if (entries.length === 0 || (simple && !lines && short.length + indent < WIDTH)) return ` ${short}`;
  return `\n${block(value, indent + 2)}`;
}

/** The pairs of a mapping on lines of their own, each at ``indent``. */
export function block(value: { [key: string]: Value }, indent: number): string {
  return Object.entries(value)
    .map(([key, each]) => pair(key, each, indent))
    .join("\n");
}

function pair(key: string, value: Value, indent: number): string {
  return `${" ".repeat(indent)}${scalar(key)}:${behindColon(value, indent, false)}`;
}
