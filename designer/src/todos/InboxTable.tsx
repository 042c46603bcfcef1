/** To-dos, one line each. On a narrow screen each is a card of its own. */
import { Anchor, Checkbox, Group, Stack, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";

import classes from "./InboxTable.module.css";
import { PriorityMark } from "./PriorityMark";
import type { ToDo } from "./queries";
import { Standing } from "./Standing";
import { Time } from "./Time";
import { useWords } from "./words";

interface Props {
  todos: ToDo[];
  /** Those that are chosen; undefined where nothing can be done with many. */
  chosen?: ReadonlySet<string> | undefined;
  onChoose?: (chosen: ReadonlySet<string>) => void;
}

export function InboxTable({ todos, chosen, onChoose = () => undefined }: Props) {
  const t = useWords();
  const toggle = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    onChoose(next);
  };
  const all = chosen !== undefined && todos.every(({ id }) => chosen.has(id));
  return (
    <Table className={classes.table}>
      <Table.Thead className={classes.head}>
        <Table.Tr>
          {chosen !== undefined && (
            <Table.Th w={44}>
              <Checkbox
                aria-label={t.chooseAll}
                checked={all}
                indeterminate={!all && todos.some(({ id }) => chosen.has(id))}
                onChange={() => onChoose(all ? new Set() : new Set(todos.map(({ id }) => id)))}
              />
            </Table.Th>
          )}
          <Table.Th w={110}>{t.priority}</Table.Th>
          <Table.Th>{t.task}</Table.Th>
          <Table.Th>{t.due}</Table.Th>
          <Table.Th>{t.state}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {todos.map((todo) => (
          <Table.Tr key={todo.id} className={classes.row}>
            {chosen !== undefined && (
              <Table.Td className={classes.choice}>
                <Checkbox
                  aria-label={t.choose(todo.title)}
                  checked={chosen.has(todo.id)}
                  onChange={(event) => toggle(todo.id, event.currentTarget.checked)}
                />
              </Table.Td>
            )}
            <Table.Td className={classes.priority}>
              <PriorityMark priority={todo.priority} />
            </Table.Td>
            <Table.Td className={classes.what}>
              <What todo={todo} />
            </Table.Td>
            <Table.Td className={classes.due}>
              <Time todo={todo} />
            </Table.Td>
            <Table.Td className={classes.state}>
              <Standing todo={todo} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function What({ todo }: { todo: ToDo }) {
  return (
    <Stack gap={2}>
      <Anchor
        fw={600}
        c="inherit"
        underline="hover"
        renderRoot={(props) => <Link to="/todos/$id" params={{ id: todo.id }} {...props} />}
      >
        {todo.title}
      </Anchor>
      <Group gap={6}>
        <Text size="xs" c="dimmed">
          {todo.role}
        </Text>
        {todo.person_key !== null && (
          <Text size="xs" c="dimmed">
            · {todo.person_key}
          </Text>
        )}
      </Group>
    </Stack>
  );
}
