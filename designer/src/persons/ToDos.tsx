/** To-dos that are about something, a line each. */
import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { PriorityMark } from "@/todos/PriorityMark";
import type { todosAbout } from "@/todos/queries";
import { Standing } from "@/todos/Standing";
import { Time } from "@/todos/Time";
import { Asked } from "@/ui/Asked";
import { To } from "@/ui/To";

import { useWords } from "./words";

export function ToDos({ query }: { query: ReturnType<typeof todosAbout> }) {
  const t = useWords();
  const asked = useQuery(query);
  return (
    <Asked query={asked}>
      {(todos) =>
        todos.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t.noTodos}
          </Text>
        ) : (
          <Stack gap="sm">
            {todos.map((todo) => (
              <Group key={todo.id} gap="sm" wrap="nowrap" align="flex-start">
                <PriorityMark priority={todo.priority} />
                <Stack gap={2} miw={0}>
                  <To to={`/todos/${todo.id}`} fw={600} fz="sm" c="inherit">
                    {todo.title}
                  </To>
                  <Group gap="md">
                    <Time todo={todo} />
                    <Standing todo={todo} />
                  </Group>
                </Stack>
              </Group>
            ))}
          </Stack>
        )
      }
    </Asked>
  );
}
