/** The cases of a decision table: each checked while one types, edited here. */
import { ActionIcon, Badge, Button, Group, Modal, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";

import { remove, set } from "@/yaml/splicing";
import type { Value } from "@/yaml/writing";

import type { Checked } from "../Problems";
import { useOpen, useSnapshot, useWorkshop } from "../workshop";
import { shownCell, typedCell } from "./cells";
import { placeOf, type TableView } from "./table";
import { useTableWords } from "./words";

type Values = { [key: string]: Value };

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

export function TableCases({ view, state }: { view: TableView; state: Checked }) {
  const t = useTableWords();
  const open = useOpen();
  const { act, problems } = useWorkshop();
  const [edited, setEdited] = useState<string | null>(null);
  const cases = Object.entries(view.cases);
  const told = (values: Values | undefined) => Object.entries(values ?? {}).map(([name, value]) => `${name} = ${shownCell(value)}`).join(", ");
  return (
    <Stack gap="xs" component="section" aria-label={t.cases}>
      <Group justify="space-between" align="flex-end">
        <div>
          <Title order={2} size="h5">
            {t.cases}
          </Title>
          <Text size="xs" c="dimmed">
            {cases.length === 0 ? t.noCases : t.casesHint}
          </Text>
        </div>
        {open && (
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setEdited("")}>
            {t.addCase}
          </Button>
        )}
      </Group>
      {cases.length > 0 && (
        <Table.ScrollContainer minWidth={640}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.case}</Table.Th>
                <Table.Th>{t.given}</Table.Th>
                <Table.Th>{t.expect}</Table.Th>
                <Table.Th>{t.byRow}</Table.Th>
                <Table.Td />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {cases.map(([name, each]) => {
                const found = problems.filter((problem) => placeOf(problem)[0] === "cases" && placeOf(problem)[1] === name);
                return (
                  <Table.Tr key={name}>
                    <Table.Td>
                      <Text size="sm" ff="monospace">
                        {name}
                      </Text>
                      {state === "checked" && (
                        <Badge variant="light" tt="none" color={found.length > 0 ? "red" : "pine"}>
                          {found.length > 0 ? t.differs : t.passed}
                        </Badge>
                      )}
                    </Table.Td>
                    <Table.Td>{told(each.given)}</Table.Td>
                    <Table.Td>
                      {told(each.expect)}
                      {found.map((problem) => (
                        <Text key={problem.message} size="sm" c="var(--mantine-color-error)">
                          {problem.message}
                        </Text>
                      ))}
                    </Table.Td>
                    <Table.Td>{shownCell(each.row)}</Table.Td>
                    <Table.Td>
                      {open && (
                        <Group gap={4} wrap="nowrap">
                          <ActionIcon variant="default" aria-label={t.editCase(name)} onClick={() => setEdited(name)}>
                            <IconPencil size={15} />
                          </ActionIcon>
                          <ActionIcon variant="default" aria-label={t.removeCase(name)} onClick={() => act((reading) => remove(reading, ["cases", name]))}>
                            <IconTrash size={15} />
                          </ActionIcon>
                        </Group>
                      )}
                    </Table.Td>
                  </Table.Tr>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {edited !== null && <CaseForm view={view} name={edited} onClose={() => setEdited(null)} />}
    </Stack>
  );
}

/** One case, to be filled in; without a name it is a new one. */
function CaseForm({ view, name, onClose }: { view: TableView; name: string; onClose: () => void }) {
  const t = useTableWords();
  const { act } = useWorkshop();
  const { process } = useSnapshot();
  const before = view.cases[name];
  const [called, setCalled] = useState(name);
  const [row, setRow] = useState<string | null>(typeof before?.row === "string" ? before.row : null);
  const [typed, setTyped] = useState<Record<string, string>>(() => ({
    ...spelled("when", before?.given),
    ...spelled("then", before?.expect),
  }));
  const columns = view.columns.filter((each) => each.part === "when" || each.part === "then");
  const taken = name === "" && called in ((process.data.cases ?? {}) as object);
  const problem = called === "" ? null : !NAME.test(called) ? t.nameBad : taken ? t.nameTaken : null;
  const valuesOf = (part: "when" | "then"): Values =>
    Object.fromEntries(
      columns.flatMap((column) => {
        const value = column.part === part ? typedCell(typed[part + column.name] ?? "", column.type) : undefined;
        return value === undefined ? [] : [[column.name, value]];
      }),
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const expect = valuesOf("then");
    const several = Array.isArray(before?.row) ? before.row : null;
    act((reading) =>
      set(reading, ["cases", called], {
        given: valuesOf("when"),
        ...(Object.keys(expect).length > 0 ? { expect } : {}),
        ...(row !== null ? { row } : several !== null ? { row: several } : {}),
      }),
    );
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={name === "" ? t.addCase : t.editCase(name)} centered>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {name === "" && <TextInput label={t.name} description={t.nameHint} required data-autofocus error={problem} value={called} onChange={(event) => setCalled(event.currentTarget.value)} />}
          {columns.map((column) => (
            <TextInput
              key={column.part + column.name}
              label={`${column.part === "when" ? t.given : t.expect}: ${column.label}`}
              description={column.values.join(", ") || column.type}
              value={typed[column.part + column.name] ?? ""}
              onChange={(event) => {
                const { value } = event.currentTarget;
                setTyped((all) => ({ ...all, [column.part + column.name]: value }));
              }}
            />
          ))}
          <Select label={t.byRow} placeholder={t.anyRow} clearable searchable data={[...view.rows.map((each) => each.id), ...(view.otherwise ? ["otherwise"] : [])]} value={row} onChange={setRow} />
          <Button type="submit" disabled={called === "" || problem !== null}>
            {t.save}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function spelled(part: string, values: Values | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [part + name, shownCell(value)]));
}
