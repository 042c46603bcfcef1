/** From what was typed to what the server reads. */
import type { Typed } from "./ValueInput";
import type { Shape } from "./Values";

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A comma is how half of Europe writes a point; anything else is the server's to judge. */
function pointed(text: string): string {
  return text.trim().replace(/^(-?\d+),(\d+)$/, "$1.$2");
}

function number(text: string): Json {
  const written = pointed(text);
  return /^-?\d+(\.\d+)?$/.test(written) ? Number(written) : text;
}

function json(shape: Shape, value: Typed): Json | undefined {
  if (value === undefined || value === "") return undefined;
  if (Array.isArray(value)) return value.map((entry) => parts(shape.parts, entry));
  if (typeof value === "object") return parts(shape.parts, value);
  if (typeof value === "boolean") return value;
  switch (shape.type) {
    case "number":
      return number(value);
    case "money":
      return pointed(value);
    case "datetime":
      return Number.isNaN(Date.parse(value)) ? value : new Date(value).toISOString();
    default:
      return value;
  }
}

function parts(shapes: readonly Shape[], value: Typed): Record<string, Json> {
  const known = typeof value === "object" && !Array.isArray(value) ? value : {};
  const read = shapes.map((shape) => [shape.name, json(shape, known[shape.name])] as const);
  return Object.fromEntries(read.filter((each): each is [string, Json] => each[1] !== undefined));
}

/** What is filled in, by the names that the type declares; what is empty is left out. */
export function filled(shapes: readonly Shape[], typed: Record<string, Typed>): Record<string, Json> {
  return parts(shapes, typed);
}
