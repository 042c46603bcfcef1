/** Two versions of a process in one picture: what came, what went, what changed. */
import type { ProcessView, Step } from "./view";

export type Mark = "added" | "removed" | "changed";

export function union(before: ProcessView, after: ProcessView): { view: ProcessView; marks: Map<string, Mark> } {
  const marks = new Map<string, Mark>();
  for (const step of after.steps) {
    const old = before.byId.get(step.id);
    if (!old) marks.set(step.id, "added");
    else if (said(old) !== said(step)) marks.set(step.id, "changed");
  }
  const gone = before.steps.filter((step) => !after.byId.has(step.id));
  for (const step of gone) marks.set(step.id, "removed");
  const steps = [...after.steps];
  for (const step of gone) {
    const above = before.steps[before.steps.indexOf(step) - 1];
    const at = steps.findIndex((each) => each.id === above?.id);
    steps.splice(at + 1, 0, step);
  }
  return {
    view: { ...after, steps, byId: new Map(steps.map((step) => [step.id, step])) },
    marks,
  };
}

function said(step: Step): string {
  return JSON.stringify([step.fields, step.ways.map((way) => [way.name, way.target])]);
}
