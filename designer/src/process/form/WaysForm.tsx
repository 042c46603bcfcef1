/** Where a step goes on, each way by name: connecting without a mouse. */
import { ActionIcon, Autocomplete, Button, Divider, Group, Select, Stack } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";

import { set } from "@/yaml/splicing";

import { connect, disconnect, pathOfWay } from "../edits";
import { END, type Step, type Way } from "../view";
import { useOpen, useSnapshot, useWorkshop } from "../workshop";
import { useWords, wayWord } from "../words";
import { TypedInput } from "./TypedInput";
import { useOutcomes } from "./useOutcomes";

const FREE: Record<string, "newCase" | "newBranch" | "newEvent" | "newWay"> = {
  branch: "newCase",
  parallel: "newBranch",
  listen: "newEvent",
};

export function WaysForm({ step }: { step: Step }) {
  const t = useWords();
  const outcomes = useOutcomes(step);
  if (step.do === "end" || step.part === "undo") return null;
  const ways = new Map(step.ways.map((way) => [way.name, way]));
  const names = [...new Set([...ways.keys(), ...outcomes])];
  return (
    <Stack gap="xs">
      <Divider label={t.ways} labelPosition="left" />
      {names.map((name) => (
        <WayRow key={name} step={step} name={name} way={ways.get(name)} />
      ))}
      {FREE[step.do] !== undefined && <NewWay step={step} label={t[FREE[step.do] ?? "newWay"]} />}
    </Stack>
  );
}

function WayRow({ step, name, way }: { step: Step; name: string; way: Way | undefined }) {
  const t = useWords();
  const open = useOpen();
  const { act } = useWorkshop();
  const { process } = useSnapshot();
  const word = wayWord(t, name);
  const implied = way?.path === null;
  const title = (id: string) => (id === END ? t.theEnd : (process.byId.get(id)?.title ?? id));
  const targets = process.steps
    .filter((each) => each.id !== step.id && (each.part === "undo") === (name === "undo"))
    .map((each) => ({ value: each.id, label: each.title }));
  const missing = way !== undefined && way.target !== END && !process.byId.has(way.target);
  const cases = step.do === "branch" && way?.path?.includes("cases");
  return (
    <Group gap={6} wrap="nowrap" align="flex-end">
      <Stack gap={4} flex={1} miw={0}>
        <Select
          size="xs"
          label={word}
          searchable
          disabled={!open}
          placeholder={implied ? t.nextInText(title(way.target)) : name === "error" || name === "undo" ? t.notSet : t.asNext}
          error={missing ? t.unknownStep(way.target) : undefined}
          data={[...targets, ...(name === "undo" ? [] : [{ value: END, label: t.theEnd }])]}
          value={implied ? null : (way?.target ?? null)}
          onChange={(target) => {
            if (target !== null) act((reading) => connect(reading, step, name, target));
          }}
        />
        {cases && (
          <TypedInput
            size="xs"
            mono
            aria-label={`${t.when}: ${word}`}
            placeholder={t.when}
            disabled={!open}
            value={String((step.fields.cases as Record<string, { when?: unknown }>)[name]?.when ?? "")}
            onDone={(when) => act((reading) => set(reading, [step.part, step.id, "cases", name, "when"], when))}
          />
        )}
      </Stack>
      {open && way !== undefined && !implied && (
        <ActionIcon
          variant="subtle"
          color="gray"
          mb={2}
          aria-label={t.removeEntry(word)}
          onClick={() => act((reading) => disconnect(reading, step, way))}
        >
          <IconX size={14} />
        </ActionIcon>
      )}
    </Group>
  );
}

function NewWay({ step, label }: { step: Step; label: string }) {
  const open = useOpen();
  const { act } = useWorkshop();
  const { process } = useSnapshot();
  const [name, setName] = useState("");
  const known = step.do === "listen" ? Object.keys((process.data.events as object | undefined) ?? {}) : [];
  const wanted = name.trim();
  const fits = step.do === "listen" ? /^[a-z][a-z0-9_]*$/ : /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
  const add = () => {
    if (!fits.test(wanted)) return;
    act((reading) =>
      step.do === "branch"
        ? set(reading, [step.part, step.id, "cases", wanted], { when: "true", next: step.following })
        : set(reading, pathOfWay(step, wanted), step.following),
    );
    setName("");
  };
  if (!open) return null;
  return (
    <Group gap={6} wrap="nowrap">
      <Autocomplete
        size="xs"
        flex={1}
        aria-label={label}
        placeholder={label}
        data={known}
        value={name}
        onChange={setName}
        onKeyDown={(event) => {
          if (event.key === "Enter") add();
        }}
      />
      <Button size="xs" variant="default" disabled={!fits.test(wanted)} onClick={add} aria-label={label}>
        <IconPlus size={14} />
      </Button>
    </Group>
  );
}
