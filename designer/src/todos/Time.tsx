/** How much time is left, by colour and by word. */
import { Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconClock, IconFlame } from "@tabler/icons-react";

import { useNow } from "@/lib/now";
import { ago, moment } from "@/lib/times";

import { isClosed } from "./deeds";
import type { Mark, ToDo } from "./queries";
import classes from "./Time.module.css";
import { useWords } from "./words";

const ICONS = { ok: IconClock, at_risk: IconAlertTriangle, breached: IconFlame };

/** The mark as it is now: it may have become late since anybody looked. */
function markOf({ sla, due_at }: ToDo, now: number): Mark {
  if (due_at !== null && new Date(due_at).getTime() <= now) return "breached";
  return sla === "at_risk" ? "at_risk" : "ok";
}

export function Time({ todo }: { todo: ToDo }) {
  const t = useWords();
  const now = useNow();
  if (todo.due_at === null) return <Text size="sm" c="dimmed">{t.noDue}</Text>;
  if (isClosed(todo)) return <Text size="sm" c="dimmed">{moment(todo.due_at)}</Text>;
  const mark = markOf(todo, now);
  const Icon = ICONS[mark];
  const when = ago(todo.due_at, now);
  const said = { ok: t.dueIn(when), at_risk: `${t.at_risk}, ${t.dueIn(when)}`, breached: t.overdue(when) }[mark];
  return (
    <Group gap={6} wrap="nowrap" className={classes[mark]} title={moment(todo.due_at)}>
      <Icon size={16} stroke={1.9} aria-hidden className={classes.icon} />
      <Text size="sm" fw={mark === "ok" ? 400 : 600} className={classes.said}>
        {said}
      </Text>
    </Group>
  );
}
