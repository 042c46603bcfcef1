/** Where a simulation stands, and what can happen there: answers, events, time. */
import { Alert, Badge, Button, Group, Paper, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useState } from "react";

import { momentIn } from "@/lib/times";

import { labelOf } from "../form/FieldInput";
import type { Step } from "../view";
import { useSnapshot } from "../workshop";
import { useWords, wayWord } from "../words";
import { at, isOver, standingAt, valueOf, withAnswer, withEvent, type Answered, type Story, type Visit } from "./play";
import { TaskAnswer } from "./TaskAnswer";
import type { Play } from "./usePlay";
import { useSimulateWords } from "./words";

/** Ways that say where a step goes on, and not what was answered. */
const OWN_WAYS = new Set(["next", "error", "undo", "otherwise", "silence", "join", "again"]);

export function Happening({ play, story }: { play: Play; story: Story }) {
  const t = useSimulateWords();
  const { now } = play;
  if (isOver(story, now)) {
    return (
      <Alert color="pine" variant="light" icon={<IconCheck />} title={t.over(story.outcome ?? story.state)}>
        {story.reason !== null && <Text size="sm">{story.reason}</Text>}
      </Alert>
    );
  }
  return (
    <Stack gap="xs">
      {standingAt(story, now).map((visit) => (
        <Waiting key={`${visit.step}:${visit.visit}`} play={play} story={story} visit={visit} />
      ))}
      <Events play={play} story={story} />
    </Stack>
  );
}

function Waiting({ play, story, visit }: { play: Play; story: Story; visit: Visit }) {
  const t = useSimulateWords();
  const words = useWords();
  const { process } = useSnapshot();
  const task = story.tasks.find((each) => each.step === visit.step && at(each.raised_at) <= play.now);
  const outcomes = answersOf(process.byId.get(visit.step));
  const answer = (said: Answered) => play.replay(withAnswer(play.script, visit, play.now, said, story));
  const until = visit.until ?? null;
  return (
    <Paper withBorder p="sm" component="section" aria-label={t.waits(visit.title)}>
      <Text size="sm" fw={600}>
        {t.waits(visit.title)}
      </Text>
      <Text size="xs" c="dimmed">
        {[
          visit.waiting_for === null ? "" : t.waitsFor(visit.waiting_for),
          until === null ? "" : t.until(momentIn(until, story.time_zone)),
          visit.left_at === null ? "" : t.goesOn(momentIn(visit.left_at, story.time_zone), wayWord(words, visit.way ?? "next")),
          task ? `${task.type} · ${task.role}` : "",
          visit.reason ?? "",
        ]
          .filter(Boolean)
          .join(" · ")}
      </Text>
      {task && <TaskAnswer type={task.type} outcomes={task.outcomes} busy={play.run.isPending} onAnswer={answer} />}
      {!task && outcomes.length > 0 && (
        <Group gap={6} mt="xs" role="group" aria-label={t.answers}>
          {outcomes.map((outcome) => (
            <Button
              key={outcome}
              size="compact-sm"
              variant="light"
              disabled={play.run.isPending}
              onClick={() => answer({ outcome })}
            >
              {wayWord(words, outcome)}
            </Button>
          ))}
        </Group>
      )}
    </Paper>
  );
}

/** What a step that somebody else answers can hear; nothing for all others. */
function answersOf(step: Step | undefined): string[] {
  if (step === undefined || !["call", "send", "settle"].includes(step.do)) return [];
  if (step.do === "send") return ["reached", "failed"];
  if (step.do === "settle") return ["settled"];
  return [...step.ways.map((way) => way.name).filter((name) => !OWN_WAYS.has(name)), "unavailable"];
}

interface Declared {
  type?: string;
  data?: Record<string, { type?: string; label?: string }>;
}

function Events({ play, story }: { play: Play; story: Story }) {
  const t = useSimulateWords();
  const { process } = useSnapshot();
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState<Record<string, string>>({});
  const events = (process.data.events ?? {}) as Record<string, Declared>;
  const names = Object.keys(events);
  if (names.length === 0) return null;
  const fields = Object.entries((chosen === null ? undefined : events[chosen]?.data) ?? {});
  const tell = () => {
    if (chosen === null) return;
    const data = Object.fromEntries(
      fields.flatMap(([name, field]) => {
        const value = typed[name]?.trim() ?? "";
        return value === "" ? [] : [[name, valueOf(value, field.type)]];
      }),
    );
    play.replay(withEvent(play.script, story, play.now, chosen, data));
    setChosen(null);
    setTyped({});
  };
  return (
    <Stack gap={6}>
      <Group gap={6} align="flex-end" wrap="nowrap">
        <Select
          size="xs"
          flex={1}
          label={t.tell}
          data={names.map((name) => ({ value: name, label: `${labelOf(name)} (${events[name]?.type ?? ""})` }))}
          value={chosen}
          onChange={setChosen}
        />
        <Button size="xs" variant="light" disabled={chosen === null || play.run.isPending} onClick={tell}>
          {t.tellIt}
        </Button>
      </Group>
      {fields.map(([name, field]) => (
        <TextInput
          key={name}
          size="xs"
          label={field.label ?? name}
          description={field.type}
          value={typed[name] ?? ""}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setTyped((before) => ({ ...before, [name]: value }));
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") tell();
          }}
        />
      ))}
    </Stack>
  );
}

/** What was added to the play, each with a way back. */
export function Added({ play }: { play: Play }) {
  const t = useSimulateWords();
  const { process } = useSnapshot();
  const { script } = play;
  const title = (step: string) => process.byId.get(step)?.title ?? step;
  const events = script.events.map((each, index) => ({
    words: t.after(labelOf(each.event), each.after),
    without: { ...script, events: script.events.filter((_, other) => other !== index) },
  }));
  const answers = Object.entries(script.answers).map(([step, said]) => ({
    words: `${title(step)}: ${said.map((each) => each.outcome).join(", ")}`,
    without: { ...script, answers: Object.fromEntries(Object.entries(script.answers).filter(([other]) => other !== step)) },
  }));
  const all = [...events, ...answers];
  if (all.length === 0) return null;
  return (
    <div>
      <Text size="xs" fw={600} mb={4}>
        {t.said}
      </Text>
      <Group gap={6}>
        {all.map(({ words, without }) => (
          <Badge
            key={words}
            component="button"
            type="button"
            variant="default"
            tt="none"
            rightSection="×"
            aria-label={t.takeBack(words)}
            style={{ cursor: "pointer" }}
            onClick={() => play.replay(without)}
          >
            {words}
          </Badge>
        ))}
      </Group>
    </div>
  );
}
