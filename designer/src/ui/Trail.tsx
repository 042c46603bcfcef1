/** What was done to something, first to last, as the trail keeps it. */
import { Text, Timeline } from "@mantine/core";

import type { Schemas } from "@/lib/api";
import { moment } from "@/lib/times";

import { nameOf } from "./people";

interface Props {
  entries: readonly Schemas["LogEntry"][];
  /** What an action is called; its own name where nobody has a better one. */
  said?: (action: string) => string;
}

export function Trail({ entries, said = (action) => action }: Props) {
  return (
    <Timeline bulletSize={12} lineWidth={2} active={entries.length}>
      {entries.map((entry) => (
        <Timeline.Item key={entry.id} title={said(entry.action)}>
          <Text size="xs" c="dimmed">
            {nameOf(entry.actor)}, {moment(entry.at)}
          </Text>
          {entry.reason !== null && <Text size="sm">{entry.reason}</Text>}
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
