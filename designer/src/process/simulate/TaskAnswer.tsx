/** How somebody ends a to-do: an outcome, and what has to be filled in for it. */
import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";

import { definitionOf, filesOf } from "@/definitions/queries";
import { dataOf, read } from "@/yaml/reading";

import { useWords, wayWord } from "../words";
import { valueOf, type Answered } from "./play";
import { useSimulateWords } from "./words";

interface Field {
  type?: string;
  label?: string;
}

interface TodoType {
  form?: Record<string, Field>;
  outcomes?: Record<string, { label?: string; requires?: string[]; reason?: string } | null>;
}

/** The to-do type as it is in force: its form, and what each outcome requires. */
function useTodoType(code: string): TodoType {
  const { data: shown } = useQuery(definitionOf(code));
  const { data: files } = useQuery({ ...filesOf(code, shown?.version ?? 0), enabled: shown !== undefined });
  const text = files?.["todo.yaml"];
  return typeof text === "string" ? (dataOf(read(text)) as TodoType) : {};
}

interface Props {
  type: string;
  outcomes: string[];
  busy: boolean;
  onAnswer: (answer: Answered) => void;
}

export function TaskAnswer({ type, outcomes, busy, onAnswer }: Props) {
  const t = useSimulateWords();
  const words = useWords();
  const kind = useTodoType(type);
  const [chosen, setChosen] = useState<string | null>(null);
  const needs = (outcome: string) => {
    const said = kind.outcomes?.[outcome];
    return (said?.requires?.length ?? 0) > 0 || said?.reason === "required";
  };
  return (
    <Stack gap="xs" mt="xs">
      <Group gap={6} role="group" aria-label={t.answer}>
        {outcomes.map((outcome) => (
          <Button
            key={outcome}
            size="compact-sm"
            variant={chosen === outcome ? "filled" : "light"}
            disabled={busy}
            onClick={() => (needs(outcome) ? setChosen(outcome) : onAnswer({ outcome }))}
          >
            {kind.outcomes?.[outcome]?.label ?? wayWord(words, outcome)}
          </Button>
        ))}
      </Group>
      {chosen !== null && <Filled key={chosen} kind={kind} outcome={chosen} busy={busy} onAnswer={onAnswer} />}
    </Stack>
  );
}

interface FilledProps {
  kind: TodoType;
  outcome: string;
  busy: boolean;
  onAnswer: (answer: Answered) => void;
}

function Filled({ kind, outcome, busy, onAnswer }: FilledProps) {
  const t = useSimulateWords();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [reason, setReason] = useState("");
  const said = kind.outcomes?.[outcome];
  const fields = Object.entries(kind.form ?? {});
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const values = Object.fromEntries(
      fields.flatMap(([name, field]) => (typed[name] ? [[name, valueOf(typed[name], field.type)]] : [])),
    );
    onAnswer({ outcome, ...(fields.length > 0 ? { values } : {}), ...(reason === "" ? {} : { reason }) });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={6}>
        {fields.map(([name, field]) => (
          <TextInput
            key={name}
            size="xs"
            type={field.type === "date" ? "date" : "text"}
            label={field.label ?? name}
            required={said?.requires?.includes(name) ?? false}
            value={typed[name] ?? ""}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setTyped((before) => ({ ...before, [name]: value }));
            }}
          />
        ))}
        {said?.reason !== undefined && (
          <TextInput size="xs" label={t.reason} required={said.reason === "required"} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        )}
        <Button type="submit" size="xs" loading={busy}>
          {t.answerIt}
        </Button>
      </Stack>
    </form>
  );
}
