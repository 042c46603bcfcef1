/** What the text pane proposes and explains: from the schema, the steps, and what could be named. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { hoverTooltip, type EditorView, type Tooltip } from "@codemirror/view";

import { dataOf, read } from "@/yaml/reading";

import type { Reference } from "../queries";
import { NAMED_BY, schemaAt, settled, WAY_FIELDS, type Schema } from "../schema";
import { END } from "../view";
import { keyAt, spotAt } from "./place";

export interface Sources {
  schema: () => Schema;
  references: (kind: string) => Promise<Reference[]>;
}

/** The data of a text that may be half written: the line at work is left out where it has to be. */
function dataAround(text: string, at: number): Record<string, unknown> {
  const whole = read(text);
  if (whole.faults.length === 0) return dataOf(whole);
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at) < 0 ? text.length : text.indexOf("\n", at);
  return dataOf(read(text.slice(0, start) + text.slice(end)));
}

export function completions({ schema, references }: Sources) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const text = context.state.doc.toString();
    const spot = spotAt(text, context.pos);
    if (!spot || (!context.explicit && spot.typed === "" && spot.key === null)) return null;
    const data = dataAround(text, context.pos);
    const options =
      spot.key === null
        ? keys(schema(), spot.path, data)
        : await values(schema(), [...spot.path, spot.key], data, references);
    return options.length > 0 ? { from: spot.from, options, validFor: /^[\w.-]*$/ } : null;
  };
}

function keys(root: Schema, path: string[], data: Record<string, unknown>): Completion[] {
  const part = schemaAt(root, path, data);
  const present = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], data);
  return Object.entries(part?.properties ?? (part?.discriminator ? { do: {} } : {}))
    .filter(([name]) => !(name in ((present as object | null) ?? {})))
    .map(([name, each]) => ({
      label: name,
      apply: `${name}: `,
      type: "property",
      info: settled(root, each)?.description ?? "",
      boost: part?.required?.includes(name) ? 10 : 0,
    }));
}

async function values(
  root: Schema,
  path: string[],
  data: Record<string, unknown>,
  references: Sources["references"],
): Promise<Completion[]> {
  const key = path.at(-1) ?? "";
  const owner = schemaAt(root, path.slice(0, -1), data);
  if (key === "do" && (owner?.discriminator || owner?.properties?.do)) return kindsOf(root);
  const kind = NAMED_BY[key];
  if (kind !== undefined && path.length !== 1) {
    return (await references(kind)).map((each) => ({
      label: each.code,
      detail: each.title,
      type: "constant",
    }));
  }
  if (path[0] === "steps" && path.slice(2).some((each) => WAY_FIELDS.has(each))) {
    return [...Object.keys((data.steps as object | undefined) ?? {}), END].map((label) => ({ label, type: "variable" }));
  }
  const part = schemaAt(root, path, data);
  const choices = part?.enum ?? (part?.type === "boolean" ? [true, false] : (part?.examples ?? []));
  return choices.map((each) => ({ label: String(each), type: "enum" }));
}

function kindsOf(root: Schema): Completion[] {
  const steps = Object.values(root.properties?.steps?.patternProperties ?? {})[0];
  return Object.entries(steps?.discriminator?.mapping ?? {}).map(([label, ref]) => ({
    label,
    type: "enum",
    info: settled(root, { $ref: ref })?.description ?? "",
  }));
}

/** What a key means, while the pointer rests on it. */
export function explanations({ schema }: Sources) {
  return hoverTooltip((view: EditorView, at: number): Tooltip | null => {
    const text = view.state.doc.toString();
    const found = keyAt(text, at);
    if (!found) return null;
    const part = schemaAt(schema(), found.path, dataAround(text, at));
    if (!part?.description) return null;
    const words = part.description;
    return {
      pos: found.from,
      end: found.to,
      above: true,
      create: () => {
        const dom = document.createElement("div");
        dom.textContent = words;
        return { dom };
      },
    };
  });
}
