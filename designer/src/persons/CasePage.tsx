/** One case: where it stands, who has a part in it, what is to be done, and what was noted. */
import { Grid, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { moment } from "@/lib/times";
import { InboxTable } from "@/todos/InboxTable";
import { Asked } from "@/ui/Asked";
import { Facts } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";
import { nameOf } from "@/ui/people";
import { State } from "@/ui/State";
import { To } from "@/ui/To";
import { useTitles } from "@/ui/titles";

import classes from "./persons.module.css";
import { caseOf } from "./queries";
import { useWords } from "./words";

const route = getRouteApi("/cases/$id");

export function CasePage() {
  const t = useWords();
  const { id } = route.useParams();
  const titles = useTitles("case-type");
  const query = useQuery(caseOf(id));
  const found = query.data;
  return (
    <Page
      title={found === undefined ? t.case : found.subject || titles(found.type)}
      hint={
        found !== undefined && (
          <Group gap="sm" component="span">
            <span>{found.number}</span>
            <State of={found.state} />
            <span>{found.status}</span>
          </Group>
        )
      }
    >
      <Asked query={query}>
        {(one) => (
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 7 }}>
              <Stack>
                <Panel title={t.todos}>
                  {one.todos.length > 0 ? <InboxTable todos={one.todos} /> : <Text size="sm" c="dimmed">{t.noTodos}</Text>}
                </Panel>
                {one.offers.length > 0 && (
                  <Panel title={t.offers}>
                    <Stack gap="sm">
                      {one.offers.map((offer) => (
                        <Group key={offer.id} gap="sm">
                          <Text size="sm" fw={600}>
                            {offer.amount} {offer.currency}
                          </Text>
                          <State of={offer.state} />
                          <Text size="sm" c="dimmed">
                            {offer.rule}
                          </Text>
                        </Group>
                      ))}
                    </Stack>
                  </Panel>
                )}
                <Panel title={t.notes}>
                  <Stack gap="sm">
                    {one.notes.length === 0 && <Text size="sm" c="dimmed">{t.noNotes}</Text>}
                    {one.notes.map((note) => (
                      <div key={note.id}>
                        <Text size="xs" c="dimmed">
                          {nameOf(note.by)}, {moment(note.at)}
                        </Text>
                        <Text size="sm" className={classes.value}>
                          {note.text}
                        </Text>
                      </div>
                    ))}
                  </Stack>
                </Panel>
              </Stack>
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Panel title={t.about}>
                <Facts
                  facts={[
                    [t.person, one.person && <To key="p" to={`/persons/${encodeURIComponent(one.person)}`}>{one.person}</To>],
                    [t.account, one.account && <To key="a" to={`/accounts/${encodeURIComponent(one.account)}`}>{one.account}</To>],
                    [t.kind, titles(one.type)],
                    [t.opened, `${nameOf(one.opened_by)}, ${moment(one.opened_at)}`],
                    [t.reason, one.reason],
                    ...one.parties.map(
                      (party) =>
                        [
                          party.part,
                          <To key={party.person} to={`/persons/${encodeURIComponent(party.person)}`}>
                            {party.person}
                          </To>,
                        ] as const,
                    ),
                  ]}
                />
              </Panel>
            </Grid.Col>
          </Grid>
        )}
      </Asked>
    </Page>
  );
}
