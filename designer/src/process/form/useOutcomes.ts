/** The ways a step could have: its kind's own, and those of the definition it names. */
import { useQuery } from "@tanstack/react-query";

import { referencesTo, type Kind } from "../queries";
import { NAMED_BY } from "../schema";
import type { Step } from "../view";

/** As the steps in `openccm/language/steps` declare them. */
const OWN: Record<string, string[]> = {
  send: ["reached", "failed", "opted_out", "suppressed", "not_sent", "duplicate", "cancelled"],
  approve: ["rejected"],
  branch: ["otherwise"],
  parallel: ["join"],
  listen: ["silence"],
  repeat: ["again", "next"],
  settle: ["settled", "withdrawn", "overdue"],
};

function nameIn(step: Step): [Kind, string] | null {
  for (const [field, kind] of Object.entries(NAMED_BY)) {
    const code = step.fields[field];
    if (typeof code === "string" && field !== "calendar") return [kind as Kind, code];
  }
  return null;
}

/** What another definition says of itself, as far as a step names one. */
export function useNamed(step: Step) {
  const named = nameIn(step);
  const query = useQuery({
    ...referencesTo(named?.[0] ?? "process"),
    enabled: named !== null,
    select: (all) => all.find((each) => each.code === named?.[1]),
  });
  return named === null ? undefined : query.data;
}

export function useOutcomes(step: Step): string[] {
  const named = useNamed(step);
  const theirs = ["task", "start", "call"].includes(step.do) ? (named?.outcomes ?? []) : [];
  return [...(OWN[step.do] ?? []), ...theirs, "error", "undo"];
}
