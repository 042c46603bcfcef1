/** One core system: its traffic, its keys, and what it is told. */
import { Card, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Facts, type Fact } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { useStateName } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { Callbacks } from "./Callbacks";
import { Keys } from "./Keys";
import { systemOf, type SystemDetail } from "./queries";
import { useWords } from "./words";

const route = getRouteApi("/systems/$code");

export function SystemPage() {
  const { code } = route.useParams();
  const query = useQuery(systemOf(code));
  return (
    <Page title={query.data?.title ?? code} hint={code}>
      <Asked query={query}>
        {(system) => (
          <Stack gap="xl">
            <Traffic system={system} />
            <Keys system={system} />
            <Callbacks code={code} />
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function Traffic({ system }: { system: SystemDetail }) {
  const t = useWords();
  const may = useMay();
  const name = useStateName();
  const states = Object.entries(system.requests).map(([state, count]): Fact => [
    `${t.requests}: ${name(state)}`,
    may("request:read") ? (
      <To key={state} to="/requests" search={{ system: system.code, state }}>
        {count}
      </To>
    ) : (
      count
    ),
  ]);
  return (
    <Card withBorder padding="lg">
      <Facts facts={[[t.since, <When key="at" at={system.created_at} exact />], ...states]} />
    </Card>
  );
}
