/** Where in a YAML text the cursor stands, by indentation: it works while the text is broken, too. */

export interface Spot {
  /** The keys above the cursor, outermost first. */
  path: string[];
  /** The key of the line, where its value is being written. */
  key: string | null;
  /** What is written so far, and where it begins. */
  typed: string;
  from: number;
}

const LINE = /^(\s*)(?:([\w.'"-]+)\s*:(?:\s+|$))?(.*)$/;

function keyOf(line: string): [number, string] | null {
  const found = LINE.exec(line);
  const key = found?.[2];
  return key === undefined ? null : [found?.[1]?.length ?? 0, key.replace(/^['"]|['"]$/g, "")];
}

/** The spot at a position; null inside comments, lists and braces, where nothing is proposed. */
export function spotAt(text: string, at: number): Spot | null {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const before = text.slice(start, at);
  if (/(^|\s)#|[[{,]/.test(before) || /^\s*-/.test(before)) return null;
  const found = LINE.exec(before);
  if (!found) return null;
  const [, pad = "", key, rest = ""] = found;
  const path = pathAbove(text.slice(0, start), pad.length);
  const typed = rest.trimStart();
  return { path, key: key ?? null, typed, from: at - typed.length };
}

function pathAbove(text: string, indent: number): string[] {
  const path: string[] = [];
  let limit = indent;
  for (const line of text.split("\n").reverse()) {
    if (limit === 0) break;
    if (line.trim() === "" || line.trim().startsWith("#")) continue;
    const found = keyOf(line);
    if (found && found[0] < limit) {
      path.unshift(found[1]);
      limit = found[0];
    }
  }
  return path;
}

/** The path of the key that a position stands on. */
export function keyAt(text: string, at: number): { path: string[]; from: number; to: number } | null {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
  const found = keyOf(text.slice(start, end));
  if (!found) return null;
  const [indent, key] = found;
  const [from, to] = [start + indent, start + indent + key.length];
  if (at < from || at > to) return null;
  return { path: [...pathAbove(text.slice(0, start), indent), key], from, to };
}
