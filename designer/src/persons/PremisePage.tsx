/** A premise: where it is, who is there, and everything that concerned it. */
import { Grid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { day } from "@/lib/times";
import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Facts } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { Panel } from "@/ui/Panel";
import { To } from "@/ui/To";

import { Beside } from "./Beside";
import { premiseOf } from "./queries";
import { Timeline } from "./Timeline";
import { useBeside } from "./useBeside";
import { useWords } from "./words";

const route = getRouteApi("/premises/$key");

export function PremisePage() {
  const t = useWords();
  const may = useMay();
  const { key } = route.useParams();
  const query = useQuery(premiseOf(key));
  const { timeline, opened, close } = useBeside();
  return (
    <Page title={query.data?.lines.join(", ") ?? key} hint={`${t.premise} · ${key}`}>
      <Asked query={query}>
        {(premise) => (
          <Grid gap="lg">
            <Grid.Col span={{ base: 12, md: 7 }}>
              {may("contact:read") && <Timeline subject={{ premise: key }} {...timeline} />}
            </Grid.Col>
            <Grid.Col span={{ base: 12, md: 5 }}>
              <Stack>
                <Panel title={t.occupants}>
                  <Stack gap={6}>
                    {premise.occupants.length === 0 && (
                      <Text size="sm" c="dimmed">
                        {t.noOccupants}
                      </Text>
                    )}
                    {premise.occupants.map((stay, index) => (
                      <Stay key={index} stay={stay} />
                    ))}
                  </Stack>
                </Panel>
                <Panel title={t.about}>
                  <Facts
                    facts={[
                      [t.division, premise.division],
                      ...premise.identifiers.map(({ kind, value }) => [kind, value] as const),
                    ]}
                  />
                </Panel>
              </Stack>
            </Grid.Col>
          </Grid>
        )}
      </Asked>
      <Beside opened={opened} close={close} />
    </Page>
  );
}

interface StayProps {
  stay: {
    person?: string | null;
    account?: string | null;
    valid_from?: string | null;
    valid_until?: string | null;
  };
}

function Stay({ stay }: StayProps) {
  const t = useWords();
  const { person, account, valid_from: from, valid_until: until } = stay;
  return (
    <Text size="sm" component="div">
      {typeof person === "string" && <To to={`/persons/${encodeURIComponent(person)}`} underline="always">{person}</To>}{" "}
      {typeof account === "string" && <To to={`/accounts/${encodeURIComponent(account)}`} underline="always">{account}</To>}
      <Text span c="dimmed" inherit>
        {typeof from === "string" && ` · ${t.since(day(from))}`}
        {typeof until === "string" && ` · ${t.until(day(until))}`}
      </Text>
    </Text>
  );
}
