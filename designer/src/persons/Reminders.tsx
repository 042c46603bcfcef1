/** What was promised to a person, and what can be done about it. */
import { Group, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { ago } from "@/lib/times";
import { useMay } from "@/signin/queries";
import { Ask } from "@/ui/Ask";
import { Asked } from "@/ui/Asked";
import { State } from "@/ui/State";
import { To } from "@/ui/To";
import { useTitles } from "@/ui/titles";
import { tell } from "@/ui/told";

import { personsKey, remindersOf, type Reminder } from "./queries";
import { useWords } from "./words";

export function Reminders({ person }: { person: string }) {
  const t = useWords();
  const query = useQuery(remindersOf(person));
  return (
    <Asked query={query}>
      {(reminders) =>
        reminders.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t.noReminders}
          </Text>
        ) : (
          <Stack gap="md">
            {reminders.map((each) => (
              <One key={each.id} reminder={each} />
            ))}
          </Stack>
        )
      }
    </Asked>
  );
}

export function One({ reminder }: { reminder: Reminder }) {
  const t = useWords();
  const may = useMay();
  const titles = useTitles("to-do-type");
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>
        {reminder.note || titles(reminder.todo_type)}
      </Text>
      <Group gap={8}>
        <State of={reminder.state} />
        <Text size="xs" c="dimmed">
          {t.due(ago(reminder.due_at))}
        </Text>
      </Group>
      {reminder.todo_id !== null ? (
        <Text size="sm">
          <To to={`/todos/${reminder.todo_id}`}>{t.isToDo}</To>
        </Text>
      ) : (
        may("contact:write") &&
        reminder.closed_at === null && (
          <Group gap="xs">
            <Snooze id={reminder.id} />
            <Resolve id={reminder.id} />
          </Group>
        )
      )}
    </Stack>
  );
}

function useSettling(run: () => Promise<unknown>, said: string) {
  const client = useQueryClient();
  const { mutate, isPending, error, reset } = useMutation({
    mutationFn: run,
    onSettled: () => client.invalidateQueries({ queryKey: personsKey }),
  });
  const go = (close: () => void) =>
    mutate(undefined, {
      onSuccess: () => {
        tell(said);
        close();
      },
    });
  return { go, pending: isPending, error, forget: reset, size: "xs" as const };
}

function Snooze({ id }: { id: string }) {
  const t = useWords();
  const [due, setDue] = useState("");
  const [reason, setReason] = useState("");
  const settling = useSettling(
    () =>
      told(
        api.POST("/v1/reminders/{reminder_id}/snooze", {
          params: { path: { reminder_id: id } },
          body: { due_on: due, reason: reason.trim() },
        }),
      ),
    t.snoozed,
  );
  return (
    <Ask {...settling} label={t.snooze} ready={due !== "" && reason.trim() !== ""}>
      <TextInput
        type="date"
        label={t.snoozeUntil}
        required
        data-autofocus
        value={due}
        onChange={(event) => setDue(event.currentTarget.value)}
      />
      <Textarea
        label={t.reason}
        required
        maxLength={500}
        autosize
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Ask>
  );
}

function Resolve({ id }: { id: string }) {
  const t = useWords();
  const [outcome, setOutcome] = useState("");
  const settling = useSettling(
    () =>
      told(
        api.POST("/v1/reminders/{reminder_id}/resolve", {
          params: { path: { reminder_id: id } },
          body: { outcome: outcome.trim() },
        }),
      ),
    t.resolved,
  );
  return (
    <Ask {...settling} label={t.resolve} ready={outcome.trim() !== ""}>
      <TextInput
        label={t.resolveOutcome}
        required
        maxLength={60}
        data-autofocus
        value={outcome}
        onChange={(event) => setOutcome(event.currentTarget.value)}
      />
    </Ask>
  );
}
