/** The definitions of a kind to choose from, by title; nothing where one may not read them. */
import { useQuery } from "@tanstack/react-query";

import { definitionsIn } from "@/definitions/queries";
import { useMay } from "@/signin/queries";
import type { Choice } from "@/ui/Filters";

export function useDefinitionChoices(kind: string, chosen: string | undefined): Choice[] | null {
  const readable = useMay()("definition:read");
  const { data = [] } = useQuery({ ...definitionsIn(["live", "suspended"], { kind }), enabled: readable });
  if (!readable) return null;
  const choices = data.map(({ code, title }) => ({ value: code, label: title }));
  // What is chosen stays to be seen, even if it is retired.
  if (chosen !== undefined && !choices.some(({ value }) => value === chosen)) {
    choices.push({ value: chosen, label: chosen });
  }
  return choices;
}
