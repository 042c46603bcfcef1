/** Says when a job runs by itself. What is not edited here stays as it is. */
import { Chip, Group, NumberInput, Text, TextInput } from "@mantine/core";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { Reasoned } from "@/ui/Reasoned";

import { jobsKey, type JobDetail } from "./queries";
import { DAYS } from "./useTiming";
import { useWords } from "./words";

type Day = (typeof DAYS)[number];

export function EditTimetable({ job }: { job: JobDetail }) {
  const t = useWords();
  const { timing = null, window = null, after = [], parameters = {} } = job.timetable ?? {};
  const [times, setTimes] = useState((timing?.at ?? []).join(", "));
  const [every, setEvery] = useState<number | null>(timing?.every ?? null);
  const [on, setOn] = useState<Day[]>([...(timing?.on ?? DAYS)]);
  const [zone, setZone] = useState(timing?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const at = times.split(",").map((each) => each.trim()).filter((each) => each !== "");
  const next = at.length === 0 && every === null ? null : { at, on, every, zone };
  return (
    <Reasoned
      label={t.editTimetable}
      means={t.timetableMeans}
      done={t.timetableDone}
      stale={jobsKey}
      wordless
      ready={on.length > 0}
      run={() =>
        told(
          api.PUT("/v1/jobs/{code}/timetable", {
            params: { path: { code: job.code } },
            body: { timing: next, window, after, parameters },
          }),
        )
      }
    >
      <TextInput label={t.times} description={t.timesHint} value={times} onChange={(e) => setTimes(e.currentTarget.value)} />
      <NumberInput
        label={t.minutes}
        min={1}
        max={1440}
        allowDecimal={false}
        value={every ?? ""}
        onChange={(value) => setEvery(typeof value === "number" ? value : null)}
      />
      <div>
        <Text size="sm" fw={500} mb={6} id="days">
          {t.days}
        </Text>
        <Chip.Group multiple value={on} onChange={(days) => setOn(days as Day[])}>
          <Group gap={6} role="group" aria-labelledby="days">
            {DAYS.map((day) => (
              <Chip key={day} value={day} size="xs">
                {t[day]}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      </div>
      <TextInput label={t.zone} value={zone} onChange={(e) => setZone(e.currentTarget.value)} />
    </Reasoned>
  );
}
