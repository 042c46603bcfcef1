/** Everything that one step says, as a form. */
import { Group, List, Stack, Text, ThemeIcon } from "@mantine/core";

import { set } from "@/yaml/splicing";

import { renameStep } from "../edits";
import { lookOf } from "../kinds";
import { setComment } from "../notes";
import { schemaAt, settled, WAY_FIELDS } from "../schema";
import type { Step } from "../view";
import { useOpen, useSnapshot, useWorkshop } from "../workshop";
import { kindWord, useWords } from "../words";
import { FieldInput } from "./FieldInput";
import { KindMenu } from "./KindMenu";
import { TypedInput } from "./TypedInput";
import { useNamed } from "./useOutcomes";
import { WaysForm } from "./WaysForm";

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MAPPED = new Set(["payload", "inputs", "values", "context"]);

export function StepForm({ step }: { step: Step }) {
  const t = useWords();
  const open = useOpen();
  const { act, schema, select } = useWorkshop();
  const { process } = useSnapshot();
  const named = useNamed(step);
  const part = schemaAt(schema, [step.part, step.id], process.data);
  const fields = Object.entries(part?.properties ?? {}).filter(
    ([name]) => name !== "do" && (!WAY_FIELDS.has(name) || (name === "from" && step.do !== "repeat")),
  );
  const others = Object.keys(step.fields).filter((name) => !(name in (part?.properties ?? { do: 0 })));
  const look = lookOf(step.do);
  const sorted = fields.toSorted((a, b) => rank(a[0]) - rank(b[0]));
  function rank(name: string): number {
    if (name === "title") return 0;
    return part?.required?.includes(name) ? 1 : 2;
  }
  return (
    <Stack gap="sm">
      <Group gap="sm" wrap="nowrap">
        <ThemeIcon variant="light" color={look.colour} size="lg" aria-hidden>
          <look.icon size={18} />
        </ThemeIcon>
        <div style={{ minWidth: 0, flex: 1 }}>
          <Group gap={6} justify="space-between" wrap="nowrap">
            <Text fw={650} truncate>
              {kindWord(t, step.do) || t.step}
            </Text>
            {open && step.part === "steps" && <KindMenu step={step} />}
          </Group>
          <Text size="xs" c="dimmed">
            {part?.description}
          </Text>
        </div>
      </Group>
      {sorted.map(([name, raw]) => {
        const field = settled(schema, raw);
        return (
          field && (
            <FieldInput
              key={name}
              name={name}
              schema={field}
              value={step.fields[name]}
              required={part?.required?.includes(name) ?? false}
              disabled={!open}
              known={MAPPED.has(name) ? named?.takes.map((each) => each.name) : undefined}
              onChange={(value) => act((reading) => set(reading, [step.part, step.id, name], value))}
            />
          )
        );
      })}
      <WaysForm step={step} />
      <TypedInput
        label={t.name}
        description={t.nameHint}
        mono
        disabled={!open}
        value={step.id}
        problem={(id) => (!ID.test(id) || id === "end" ? t.nameBad : process.byId.has(id) ? t.nameTaken : null)}
        onDone={(id) => {
          act((reading, view) => renameStep(reading, view, step, id));
          select([id]);
        }}
      />
      <TypedInput
        label={t.comment}
        description={t.commentHint}
        lines
        disabled={!open}
        value={step.comment}
        onDone={(note) => act((reading) => setComment(reading, step, note))}
      />
      {others.length > 0 && (
        <div>
          <Text size="sm" fw={500}>
            {t.others}
          </Text>
          <Text size="xs" c="dimmed">
            {t.othersHint}
          </Text>
          <List size="xs">
            {others.map((name) => (
              <List.Item key={name}>{name}</List.Item>
            ))}
          </List>
        </div>
      )}
    </Stack>
  );
}
