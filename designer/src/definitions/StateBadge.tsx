/** The state of a version, by word and colour. */
import { Badge } from "@mantine/core";

import { useWords, wordFor } from "./words";

const COLOURS: Record<string, string> = {
  draft: "gray",
  in_review: "orange",
  approved: "blue",
  scheduled: "violet",
  live: "pine",
  suspended: "red",
  superseded: "gray",
  retired: "gray",
};

export function StateBadge({ state, version }: { state: string; version?: number }) {
  const t = useWords();
  return (
    <Badge variant="light" radius="sm" color={COLOURS[state] ?? "gray"} tt="none" fw={600}>
      {wordFor(t, state)}
      {version !== undefined && ` v${version}`}
    </Badge>
  );
}
