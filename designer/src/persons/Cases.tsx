/** The cases in which a person has a part. */
import { Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { Asked } from "@/ui/Asked";
import { State } from "@/ui/State";
import { To } from "@/ui/To";
import { useTitles } from "@/ui/titles";
import { When } from "@/ui/When";

import { casesOf } from "./queries";
import { useWords } from "./words";

export function Cases({ person }: { person: string }) {
  const t = useWords();
  const titles = useTitles("case-type");
  const query = useQuery(casesOf(person));
  return (
    <Asked query={query}>
      {(cases) =>
        cases.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t.noCases}
          </Text>
        ) : (
          <Stack gap="sm">
            {cases.map((each) => (
              <Stack key={each.id} gap={2}>
                <To to={`/cases/${each.id}`} fz="sm" fw={600}>
                  {each.number}
                </To>
                <Group gap={8}>
                  <State of={each.state} />
                  <Text size="xs" c="dimmed">
                    {each.subject || titles(each.type)} · <When at={each.opened_at} />
                  </Text>
                </Group>
              </Stack>
            ))}
          </Stack>
        )
      }
    </Asked>
  );
}
