/** Steps on the clipboard are YAML: what was copied here can be pasted into any text. */
import { commentsAbove, lineEnd, lineStart, read, type Reading, type Splice } from "@/yaml/reading";
import { apply, insertLines } from "@/yaml/splicing";

import { freshId, renameStep } from "./edits";
import { project, type ProcessView } from "./view";

const HEAD = "steps:\n";

/** The text of some steps, with their comments, as it stands. */
export function copied(reading: Reading, view: ProcessView, ids: readonly string[]): string {
  const chosen = view.steps.filter((step) => step.part === "steps" && ids.includes(step.id));
  return chosen
    .map((step) => {
      const line = lineStart(reading.text, step.from);
      const text = reading.text.slice(commentsAbove(reading.text, line), lineEnd(reading.text, step.to));
      return dedented(text, step.from - line);
    })
    .join("\n");
}

function dedented(text: string, columns: number): string {
  return text
    .split("\n")
    .map((line) => (line.slice(0, columns).trim() === "" ? line.slice(columns) : line))
    .join("\n");
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

/** The steps that a text on the clipboard holds; none where it is something else. */
function stepsIn(text: string): string {
  const reading = read(HEAD + indented(text));
  if (reading.faults.length > 0) return "";
  const { steps } = project(reading);
  return steps.length > 0 && steps.every((step) => step.do !== "") ? text : "";
}

export interface Pasted {
  splices: Splice[];
  ids: string[];
}

/** Paste below a step: names are made unique, ways among the pasted steps kept. */
export function pasted(reading: Reading, view: ProcessView, below: string, text: string): Pasted | null {
  const steps = stepsIn(text.trimEnd());
  if (steps === "") return null;
  let whole = HEAD + indented(steps);
  const ids: string[] = [];
  for (const { id } of project(read(whole)).steps) {
    const now = read(whole);
    const inside = project(now);
    const step = inside.byId.get(id);
    const fresh = freshId(view, id, new Set([...ids, ...inside.byId.keys()].filter((each) => each !== id)));
    if (step && fresh !== id) whole = apply(whole, renameStep(now, inside, step, fresh));
    ids.push(fresh);
  }
  const lines = dedented(whole.slice(HEAD.length), 2);
  return { splices: insertLines(reading, ["steps"], below, lines), ids };
}
