/** An account: who belongs to it, what is to be done, and everything in and out. */
import { Grid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { useMay } from "@/signin/queries";
import { todosAbout } from "@/todos/queries";
import { Asked } from "@/ui/Asked";
import { Facts } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";
import { To } from "@/ui/To";

import { Beside } from "./Beside";
import { accountOf } from "./queries";
import { Timeline } from "./Timeline";
import { ToDos } from "./ToDos";
import { useBeside } from "./useBeside";
import { useWords } from "./words";

const route = getRouteApi("/accounts/$key");

export function AccountPage() {
  const t = useWords();
  const may = useMay();
  const { key } = route.useParams();
  const query = useQuery(accountOf(key));
  const { timeline, opened, close } = useBeside();
  return (
    <Page title={key} hint={[t.account, query.data?.account_class].filter(Boolean).join(" · ")}>
      <Asked query={query}>
        {(account) => (
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 7 }}>
              {may("contact:read") && <Timeline subject={{ account: key }} {...timeline} />}
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Stack>
                <Panel title={t.members}>
                  <Stack gap={6}>
                    {account.persons.map((each) => (
                      <Text key={`${each.person}:${each.role}`} size="sm">
                        <To to={`/persons/${encodeURIComponent(each.person)}`} underline="always">{each.name || each.person}</To>{" "}
                        <Text span c="dimmed" inherit>
                          · {each.role}
                        </Text>
                      </Text>
                    ))}
                  </Stack>
                </Panel>
                {account.identifiers.length > 0 && (
                  <Panel title={t.identifiers}>
                    <Facts facts={account.identifiers.map(({ kind, value }) => [kind, value] as const)} />
                  </Panel>
                )}
                {may("todo:work") && (
                  <Panel title={t.todos}>
                    <ToDos query={todosAbout({ account: key })} />
                  </Panel>
                )}
              </Stack>
            </Grid.Col>
          </Grid>
        )}
      </Asked>
      <Beside opened={opened} close={close} />
    </Page>
  );
}
