/** One field of a step, as its schema says. */
import { Select, Switch, TagsInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Value } from "@/yaml/writing";

import { referencesTo, type Kind } from "../queries";
import { NAMED_BY, type Schema } from "../schema";
import { MapInput } from "./MapInput";
import { TypedInput } from "./TypedInput";

interface Props {
  name: string;
  schema: Schema;
  value: unknown;
  required: boolean;
  disabled: boolean;
  onChange: (value: Value | undefined) => void;
  /** Names that the values of a mapping may have. */
  known?: readonly string[] | undefined;
}

export function labelOf(name: string): string {
  const words = name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function FieldInput({ name, schema, value, required, disabled, onChange, known }: Props) {
  const shared = { label: labelOf(name), description: schema.description, disabled, required };
  const named = NAMED_BY[name];
  if (named !== undefined) {
    return <CodeInput {...shared} kind={named as Kind} value={value} onChange={onChange} />;
  }
  if (schema.enum) {
    return (
      <Select
        {...shared}
        data={schema.enum.map(String)}
        value={value === undefined ? null : String(value)}
        placeholder={schema.default === undefined ? "" : String(schema.default)}
        clearable={!required}
        onChange={(next) => onChange(next ?? undefined)}
      />
    );
  }
  switch (schema.type) {
    case "boolean":
      return (
        <Switch
          {...shared}
          required={false}
          checked={typeof value === "boolean" ? value : schema.default === true}
          onChange={({ currentTarget: { checked } }) =>
            onChange(checked === schema.default && value === undefined ? undefined : checked)
          }
        />
      );
    case "integer":
      return (
        <TypedInput
          {...shared}
          value={typeof value === "number" ? String(value) : ""}
          placeholder={schema.default === undefined ? "" : String(schema.default)}
          problem={(typed) => (typed === "" || isWithin(Number(typed), schema) ? null : rangeOf(schema))}
          onDone={(next) => onChange(next === "" ? undefined : Number(next))}
        />
      );
    case "array":
      return (
        <TagsInput
          {...shared}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(next) => onChange(next.length > 0 ? next : undefined)}
        />
      );
    case "object":
      return <MapInput {...shared} value={value} known={known ?? []} onChange={onChange} />;
    default:
      return (
        <TypedInput
          {...shared}
          value={value === undefined || value === null ? "" : String(value)}
          placeholder={schema.examples?.[0] === undefined ? undefined : String(schema.examples[0])}
          mono={schema.maxLength === 2000}
          lines={schema.maxLength === 2000}
          onDone={(next) => onChange(next === "" ? undefined : next)}
        />
      );
  }
}

function isWithin(number: number, { minimum = 0, maximum = 1_000_000 }: Schema): boolean {
  return Number.isInteger(number) && number >= minimum && number <= maximum;
}

function rangeOf({ minimum = 0, maximum = 1_000_000 }: Schema): string {
  return `${minimum} – ${maximum}`;
}

interface CodeProps {
  label: string;
  description: string | undefined;
  kind: Kind;
  value: unknown;
  required: boolean;
  disabled: boolean;
  onChange: (value: Value | undefined) => void;
}

/** The code of another definition, found by its title. */
function CodeInput({ kind, value, required, onChange, ...rest }: CodeProps) {
  const query = useQuery(referencesTo(kind));
  const chosen = typeof value === "string" && value !== "" ? value : null;
  const found = (query.data ?? []).map((each) => ({ value: each.code, label: `${each.title} (${each.code})` }));
  const isNew = chosen !== null && !found.some((each) => each.value === chosen);
  return (
    <Select
      {...rest}
      required={required}
      searchable
      clearable={!required}
      data={isNew ? [...found, { value: chosen, label: chosen }] : found}
      value={chosen}
      error={query.isError ? query.error.message : undefined}
      onChange={(next) => onChange(next ?? undefined)}
    />
  );
}
