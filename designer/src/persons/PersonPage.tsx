/** A person at one glance: who they are, what to mind, and everything in and out. */
import { Badge, Button, Grid, Group, Kbd, Stack, Text } from "@mantine/core";
import { IconMessagePlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";

import { useKeys } from "@/lib/keys";
import { useMay } from "@/signin/queries";
import { todosAbout } from "@/todos/queries";
import { Asked } from "@/ui/Asked";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";

import { Belongings, Identity } from "./Belongings";
import { Beside } from "./Beside";
import { Cases } from "./Cases";
import { personOf, type Person } from "./queries";
import { Reach } from "./Reach";
import { Reminders } from "./Reminders";
import { Timeline } from "./Timeline";
import { ToDos } from "./ToDos";
import { useBeside } from "./useBeside";
import { Warnings } from "./Warnings";
import { useWords } from "./words";

const route = getRouteApi("/persons/$key");

export function PersonPage() {
  const t = useWords();
  const may = useMay();
  const navigate = useNavigate();
  const { key } = route.useParams();
  const query = useQuery(personOf(key));
  const logs = may("contact:write");
  useKeys({ l: logs ? () => void navigate({ to: "/persons/$key/log", params: { key } }) : undefined });
  const person = query.data;
  const veiled = person?.masked.includes("name") === true;
  return (
    <Page
      title={person === undefined ? key : veiled ? t.hidden : person.name}
      hint={
        <Group gap="xs" component="span">
          <Text span ff="monospace" size="sm">
            {key}
          </Text>
          {person?.vip === true && (
            <Badge color="violet" variant="light">
              {t.vip}
            </Badge>
          )}
        </Group>
      }
      actions={
        logs &&
        person !== undefined && (
          <Button
            leftSection={<IconMessagePlus size={16} />}
            rightSection={<Kbd size="xs">L</Kbd>}
            renderRoot={(props) => <Link to="/persons/$key/log" params={{ key }} {...props} />}
          >
            {t.log}
          </Button>
        )
      }
    >
      <Asked query={query}>{(found) => <Body key={key} person={found} />}</Asked>
    </Page>
  );
}

function Body({ person }: { person: Person }) {
  const t = useWords();
  const may = useMay();
  const { timeline, opened, close } = useBeside();
  return (
    <Stack>
      <Warnings person={person} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack>
            {may("todo:work") && (
              <Panel title={t.todos}>
                <ToDos query={todosAbout({ person: person.key })} />
              </Panel>
            )}
            {may("contact:read") && <Timeline subject={{ person: person.key }} {...timeline} />}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            <Reach person={person} />
            {may("contact:read") && (
              <Panel title={t.reminders}>
                <Reminders person={person.key} />
              </Panel>
            )}
            {may("case:read") && (
              <Panel title={t.cases}>
                <Cases person={person.key} />
              </Panel>
            )}
            <Belongings person={person} />
            <Identity person={person} />
          </Stack>
        </Grid.Col>
      </Grid>
      <Beside opened={opened} close={close} />
    </Stack>
  );
}
