/** Notes for colleagues: the comment lines right above a step. */
import { commentsAbove, lineStart, type Reading, type Splice } from "@/yaml/reading";

import type { Step } from "./view";

export function setComment({ text }: Reading, step: Step, note: string): Splice[] {
  const line = lineStart(text, step.from);
  const pad = " ".repeat(step.from - line);
  const lines = note.trim() === "" ? [] : note.trim().split("\n");
  const insert = lines.map((each) => `${pad}# ${each}`.trimEnd() + "\n").join("");
  return [{ from: commentsAbove(text, line), to: line, insert }];
}
