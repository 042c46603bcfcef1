/** A column of a decision table: what it is called, what it holds, and what can stand in it. */
import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";

import { set } from "@/yaml/splicing";

import { FieldInput } from "../form/FieldInput";
import { TypedInput } from "../form/TypedInput";
import { schemaAt, settled } from "../schema";
import { useSnapshot, useWorkshop } from "../workshop";
import { shownCell, typedCell } from "./cells";
import { removeColumn, type Column, type TableView } from "./table";
import { useTableWords } from "./words";

const TYPES = ["text", "number", "money", "date", "datetime", "boolean"];
const FIELD = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/;

interface Props {
  view: TableView;
  column: Column;
  onClose: () => void;
}

export function ColumnForm({ view, column, onClose }: Props) {
  const t = useTableWords();
  const { act, schema } = useWorkshop();
  const { process } = useSnapshot();
  const part = column.part === "when" ? "inputs" : "outputs";
  const path = [part, column.name];
  const fields = schemaAt(schema, path, process.data)?.properties ?? {};
  const values = ((process.data[part] ?? {}) as Record<string, Record<string, unknown>>)[column.name] ?? {};
  const others = view.columns.filter((each) => each.part === column.part).length > 1;
  return (
    <Modal opened onClose={onClose} title={t.column(column.name)} centered>
      <Stack>
        {Object.entries(fields).map(([name, raw]) => {
          const field = settled(schema, raw);
          if (!field) return null;
          return name === "values" ? (
            <TypedInput
              key={name}
              label="Values"
              description={field.description}
              mono
              disabled={false}
              value={shownCell(values[name])}
              onDone={(text) => act((reading) => set(reading, [...path, name], typedCell(text, column.type)))}
            />
          ) : (
            <FieldInput
              key={name}
              name={name}
              schema={field}
              value={values[name]}
              required={name === "type"}
              disabled={false}
              onChange={(value) => act((reading) => set(reading, [...path, name], value))}
            />
          );
        })}
        <Group justify="space-between">
          <Button
            variant="default"
            color="red"
            disabled={!others}
            onClick={() => {
              act((reading) => removeColumn(reading, view, column));
              onClose();
            }}
          >
            {t.removeColumn}
          </Button>
          <Button onClick={onClose}>{t.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface NewProps {
  view: TableView;
  part: "when" | "then";
  onClose: () => void;
}

export function NewColumn({ view, part, onClose }: NewProps) {
  const t = useTableWords();
  const { act } = useWorkshop();
  const [name, setName] = useState("");
  const [type, setType] = useState("text");
  const taken = view.columns.some((each) => each.part === part && each.name === name);
  const problem = name === "" ? null : !FIELD.test(name) ? t.fieldBad : taken ? t.nameTaken : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    act((reading) => set(reading, [part === "when" ? "inputs" : "outputs", name], { type }));
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={part === "when" ? t.addInput : t.addOutput} centered>
      <form onSubmit={submit}>
        <Stack>
          <TextInput label={t.name} required data-autofocus error={problem} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Select label="Type" data={TYPES} value={type} allowDeselect={false} onChange={(next) => setType(next ?? "text")} />
          <Button type="submit" disabled={name === "" || problem !== null}>
            {t.done}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
