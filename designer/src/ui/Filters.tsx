/** What a list is narrowed by; all of it stands in the address. */
import { Button, MultiSelect, Select, TextInput } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";

import { dayOf } from "@/lib/search";

import classes from "./Filters.module.css";
import { useWords } from "./words";

export interface Choice {
  value: string;
  label: string;
}

export interface Filter<K extends string> {
  name: K;
  label: string;
  kind: "text" | "day" | "one" | "several";
  choices?: readonly Choice[];
}

interface Props<K extends string> {
  fields: readonly Filter<K>[];
  value: { [name in K]?: string | undefined };
  /** What has changed; undefined takes it away. */
  onChange: (changed: { [name in K]?: string | undefined }) => void;
}

export function Filters<K extends string>({ fields, value, onChange }: Props<K>) {
  const t = useWords();
  const set = (name: K, next: string | null) => onChange({ [name]: next || undefined } as never);
  const narrowed = fields.some(({ name }) => value[name] !== undefined);
  return (
    <div className={classes.filters} role="search">
      {fields.map((field) => (
        <Field key={field.name} field={field} value={value[field.name]} onSet={(next) => set(field.name, next)} />
      ))}
      {narrowed && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconX size={14} />}
          onClick={() => onChange(Object.fromEntries(fields.map(({ name }) => [name, undefined])) as never)}
        >
          {t.all}
        </Button>
      )}
    </div>
  );
}

interface FieldProps {
  field: Filter<string>;
  value: string | undefined;
  onSet: (next: string | null) => void;
}

function Field({ field, value, onSet }: FieldProps) {
  const { label, kind, choices = [] } = field;
  switch (kind) {
    case "text":
      return <TextFilter key={value} label={label} value={value ?? ""} onSet={onSet} />;
    case "day":
      return (
        <TextInput
          type="date"
          label={label}
          value={value === undefined ? "" : dayOf(value)}
          onChange={(event) => onSet(event.currentTarget.value)}
        />
      );
    case "one":
      return (
        <Select
          label={label}
          data={[...choices]}
          value={value ?? null}
          onChange={onSet}
          clearable
          searchable
        />
      );
    case "several":
      return (
        <MultiSelect
          label={label}
          data={[...choices]}
          value={value === undefined ? [] : value.split(",")}
          onChange={(next) => onSet(next.join(","))}
          clearable
          searchable
        />
      );
  }
}

/** What is typed counts once one goes on: by Enter, or to another field. */
function TextFilter({ label, value, onSet }: { label: string; value: string; onSet: (next: string) => void }) {
  const [typed, setTyped] = useState(value);
  const commit = () => {
    if (typed.trim() !== value) onSet(typed.trim());
  };
  return (
    <TextInput
      label={label}
      value={typed}
      maxLength={200}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
      }}
    />
  );
}
