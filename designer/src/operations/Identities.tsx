/** The accounting identities: what came in, where it is now, and whether that is all of it. */
import { Badge, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconEqual, IconEqualNot } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { useLanguage } from "@/lib/words";
import { Asked } from "@/ui/Asked";
import { useStateName } from "@/ui/states";
import { To } from "@/ui/To";

import classes from "./Identities.module.css";
import { Panel } from "./Panel";
import { accounting, type Identity } from "./queries";
import { useWords } from "./words";

export function Identities() {
  const t = useWords();
  const query = useQuery(accounting);
  return (
    <Panel title={t.identities} hint={t.identitiesHint}>
      <Asked query={query}>
        {(all) => (
          <Stack>
            <SimpleGrid cols={{ base: 1, md: 3 }} spacing="xl">
              <One title={t.request} list="/requests" identity={all.requests} />
              <One title={t.communication} list="/communications" identity={all.communications} />
              <One title={t.events} list="/events" identity={all.events} />
            </SimpleGrid>
            <Text size="sm" c="dimmed">
              {t.ambiguous}: <b>{all.ambiguous_attempts}</b>
            </Text>
          </Stack>
        )}
      </Asked>
    </Panel>
  );
}

function One({ title, list, identity }: { title: string; list: string; identity: Identity }) {
  const t = useWords();
  const language = useLanguage();
  const name = useStateName();
  const states = Object.entries(identity.states).filter(([, count]) => count > 0);
  const sum = states.reduce((all, [, count]) => all + count, 0);
  const Sign = identity.balanced ? IconEqual : IconEqualNot;
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text fw={600} size="sm">
          {title}
        </Text>
        <Badge
          variant="light"
          tt="none"
          color={identity.balanced ? "pine" : "red"}
          leftSection={<Sign size={12} />}
        >
          {identity.balanced ? t.balanced : t.unbalanced((identity.came_in - sum).toLocaleString(language))}
        </Badge>
      </Group>
      <Text size="sm">
        <To to={list} fw={600}>
          {t.cameIn(identity.came_in.toLocaleString(language))}
        </To>
      </Text>
      <Stack gap={0}>
        {states.map(([state, count]) => (
          <To key={state} to={list} search={{ state }} className={classes.state}>
            <span>{name(state)}</span>
            <b>{count.toLocaleString(language)}</b>
          </To>
        ))}
      </Stack>
    </Stack>
  );
}
