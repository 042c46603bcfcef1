/** What somebody fills in, by the kind of value that its type declares. */
import { ActionIcon, Button, Checkbox, Fieldset, Group, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";

import { labelOf, type Shape } from "./Values";
import { useWords } from "./words";

/** As it is typed: texts as they stand, so that nothing half written is lost. */
export type Typed = string | boolean | Typed[] | { [name: string]: Typed } | undefined;

interface Props {
  shape: Shape;
  value: Typed;
  onChange: (value: Typed) => void;
  required?: boolean;
  disabled?: boolean;
  error?: string | undefined;
  choices?: readonly string[];
  lines?: boolean;
}

export function ValueInput({ shape, value, onChange, choices = [], lines = false, ...rest }: Props) {
  const text = typeof value === "string" ? value : "";
  const shared = { ...rest, label: labelOf(shape) };
  const typed = (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value || undefined);
  if (choices.length > 0) {
    return (
      <Select
        {...shared}
        data={[...choices]}
        searchable
        clearable={!rest.required}
        value={text || null}
        onChange={(next) => onChange(next ?? undefined)}
      />
    );
  }
  switch (shape.type) {
    case "boolean":
      return (
        <Checkbox
          {...shared}
          required={false}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "number":
      return <TextInput {...shared} inputMode="decimal" value={text} onChange={typed} />;
    case "money":
      return (
        <TextInput
          {...shared}
          inputMode="decimal"
          value={text}
          onChange={typed}
          rightSection={shape.currency === null ? undefined : <small>{shape.currency}</small>}
          rightSectionWidth={48}
        />
      );
    case "date":
      return <TextInput {...shared} type="date" value={text} onChange={typed} />;
    case "datetime":
      return <TextInput {...shared} type="datetime-local" value={text} onChange={typed} />;
    case "object":
      return <Parts {...shared} shape={shape} value={value} onChange={onChange} />;
    case "list":
      return <Entries {...shared} shape={shape} value={value} onChange={onChange} />;
    default:
      return lines ? (
        <Textarea {...shared} autosize minRows={1} maxRows={8} maxLength={10_000} value={text} onChange={typed} />
      ) : (
        <TextInput {...shared} maxLength={10_000} value={text} onChange={typed} />
      );
  }
}

function partsOf(value: Typed): Record<string, Typed> {
  return typeof value === "object" && !Array.isArray(value) ? value : {};
}

function Parts({ label, shape, value, onChange, disabled = false }: Props & { label: string }) {
  const known = partsOf(value);
  return (
    <Fieldset legend={label}>
      <Stack gap="xs">
        {shape.parts.map((part) => (
          <ValueInput
            key={part.name}
            shape={part}
            disabled={disabled}
            value={known[part.name]}
            onChange={(next) => onChange({ ...known, [part.name]: next })}
          />
        ))}
      </Stack>
    </Fieldset>
  );
}

function Entries({ label, shape, value, onChange, disabled = false }: Props & { label: string }) {
  const t = useWords();
  const entries = Array.isArray(value) ? value : [];
  const put = (index: number, next: Typed) => onChange(entries.with(index, next));
  return (
    <Fieldset legend={label}>
      <Stack gap="sm">
        {entries.map((entry, index) => (
          <Group key={index} align="flex-end" gap="xs">
            {shape.parts.map((part) => (
              <ValueInput
                key={part.name}
                shape={part}
                disabled={disabled}
                value={partsOf(entry)[part.name]}
                onChange={(next) => put(index, { ...partsOf(entry), [part.name]: next })}
              />
            ))}
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t.removeEntry(index + 1)}
              disabled={disabled}
              onClick={() => onChange(entries.filter((_, at) => at !== index))}
            >
              <IconTrash size={18} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="default"
          size="xs"
          disabled={disabled}
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...entries, {}])}
          w="fit-content"
        >
          {t.addEntry}
        </Button>
      </Stack>
    </Fieldset>
  );
}
