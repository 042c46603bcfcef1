/** Names and what they are given, one line each. */
import { ActionIcon, Autocomplete, Button, Group, Input, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";

import type { Value } from "@/yaml/writing";

import { useWords } from "../words";
import { TypedInput } from "./TypedInput";

interface Props {
  label: string;
  description: string | undefined;
  value: unknown;
  known: readonly string[];
  required: boolean;
  disabled: boolean;
  onChange: (value: Value | undefined) => void;
}

export function MapInput({ label, description, value, known, required, disabled, onChange }: Props) {
  const t = useWords();
  const entries = Object.entries((value ?? {}) as Record<string, Value>);
  const put = (next: [string, Value][]) => onChange(next.length > 0 ? Object.fromEntries(next) : undefined);
  return (
    <Input.Wrapper label={label} description={description} required={required} labelElement="div">
      <Stack gap={6} mt={6}>
        {entries.map(([name, each]) => (
          <Group key={name} gap={6} wrap="nowrap" align="center">
            <Text size="xs" ff="monospace" w="38%" truncate title={name}>
              {name}
            </Text>
            <div style={{ flex: 1, minWidth: 0 }}>
              <TypedInput
                aria-label={`${label}: ${name}`}
                size="xs"
                mono
                disabled={disabled || typeof each === "object"}
                value={typeof each === "object" ? "…" : String(each)}
                onDone={(next) => put(entries.map((old) => (old[0] === name ? [name, next] : old)))}
              />
            </div>
            {!disabled && (
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t.removeEntry(name)}
                onClick={() => put(entries.filter((old) => old[0] !== name))}
              >
                <IconX size={14} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {!disabled && (
          <NewEntry
            label={label}
            names={known.filter((name) => !entries.some((old) => old[0] === name))}
            onAdd={(name, each) => put([...entries.filter((old) => old[0] !== name), [name, each]])}
          />
        )}
      </Stack>
    </Input.Wrapper>
  );
}

interface NewEntryProps {
  label: string;
  names: readonly string[];
  onAdd: (name: string, value: string) => void;
}

function NewEntry({ label, names, onAdd }: NewEntryProps) {
  const t = useWords();
  const [name, setName] = useState("");
  const add = () => {
    if (name.trim() === "") return;
    onAdd(name.trim(), name.trim());
    setName("");
  };
  return (
    <Group gap={6} wrap="nowrap">
      <Autocomplete
        aria-label={`${label}: ${t.key}`}
        placeholder={t.key}
        size="xs"
        flex={1}
        data={[...names]}
        value={name}
        onChange={setName}
        onKeyDown={(event) => {
          if (event.key === "Enter") add();
        }}
      />
      <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} disabled={name.trim() === ""} onClick={add}>
        {t.add}
      </Button>
    </Group>
  );
}
