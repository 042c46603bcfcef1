/** Where a to-do stands, and who has it until when. */
import { Badge, Group, Text } from "@mantine/core";

import { clock, moment } from "@/lib/times";
import { useMe } from "@/signin/queries";
import { nameOf } from "@/ui/people";

import { isClosed, isHeld } from "./deeds";
import type { ToDo } from "./queries";
import { useWords, wordFor } from "./words";

const COLOURS: Record<string, string> = {
  open: "blue",
  assigned: "pine",
  in_progress: "pine",
  deferred: "violet",
  completed: "gray",
  cancelled: "gray",
};

export function StateBadge({ state }: { state: string }) {
  const t = useWords();
  return (
    <Badge variant="light" radius="sm" color={COLOURS[state] ?? "gray"} tt="none" fw={600} flex="none">
      {wordFor(t, state)}
    </Badge>
  );
}

export function Standing({ todo }: { todo: ToDo }) {
  return (
    <Group gap={8}>
      <StateBadge state={todo.state} />
      <Holder todo={todo} />
    </Group>
  );
}

function Holder({ todo }: { todo: ToDo }) {
  const t = useWords();
  const { actor } = useMe();
  const shared = { size: "sm", c: "dimmed" } as const;
  if (isHeld(todo) && todo.assigned_to !== null && todo.lease_until !== null) {
    const mine = todo.assigned_to === actor;
    return (
      <Text {...shared} title={moment(todo.lease_until)}>
        <b>{mine ? t.yours : t.heldBy(nameOf(todo.assigned_to))}</b> {t.until(clock(todo.lease_until))}
      </Text>
    );
  }
  if (todo.state === "deferred" && todo.follow_up_at !== null) {
    return <Text {...shared}>{t.again(moment(todo.follow_up_at))}</Text>;
  }
  if (isClosed(todo) && todo.closed_at !== null) {
    return <Text {...shared}>{t.endedBy(nameOf(todo.closed_by ?? ""), moment(todo.closed_at))}</Text>;
  }
  return null;
}
