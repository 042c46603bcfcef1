/** One event: what it tells, and what followed from it. */
import { Card, Code, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { api, told, type Schemas } from "@/lib/api";
import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Facts } from "@/ui/Facts";
import { Rows } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { Reasoned } from "@/ui/Reasoned";
import { State } from "@/ui/State";
import { spaced } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { eventOf, eventsKey, type Effect } from "./queries";
import { useWords } from "./words";

type Detail = Schemas["EventDetail"];

const route = getRouteApi("/events/$id");

export function EventPage() {
  const { id } = route.useParams();
  const query = useQuery(eventOf(id));
  const shown = query.data;
  return (
    <Page
      title={shown?.type ?? id}
      hint={
        shown && (
          <Group gap="xs">
            <State of={shown.state} />
            {shown.reason !== null && <span>{spaced(shown.reason)}</span>}
            <span>
              {shown.source} · {shown.event_id}
            </span>
          </Group>
        )
      }
      actions={shown && <Deeds event={shown} />}
    >
      <Asked query={query}>{(event) => <Told event={event} />}</Asked>
    </Page>
  );
}

function Deeds({ event }: { event: Detail }) {
  const t = useWords();
  const may = useMay();
  if (!may("event:write")) return null;
  const possible = [
    ...(event.state === "bound" && event.effects.every(({ state }) => state === "done") ? [] : ["retry" as const]),
    ...(event.trigger === "open" ? ["resolve" as const, "cancel" as const] : []),
  ];
  return possible.map((command) => (
    <Reasoned
      key={command}
      label={t[command]}
      means={t[`${command}Means`]}
      done={t[`${command}Done`]}
      stale={eventsKey}
      run={(reason) =>
        told(api.POST("/v1/events/{id}/{command}", { params: { path: { id: event.id, command } }, body: { reason } }))
      }
    />
  ));
}

function Told({ event }: { event: Detail }) {
  const t = useWords();
  return (
    <Stack gap="lg">
      <Card withBorder padding="lg">
        <Facts
          facts={[
            [t.person, event.person],
            [t.account, event.account],
            [t.premise, event.premise],
            [t.occurred, <When key="at" at={event.occurred_at} exact />],
            [t.received, <When key="at" at={event.received_at} exact />],
            [t.cause, <State key="of" of={event.trigger} />],
          ]}
        />
        <Text size="xs" c="dimmed" mt="md" mb={4}>
          {t.data}
        </Text>
        <Code block tabIndex={0} aria-label={t.data}>
          {JSON.stringify(event.data, null, 2)}
        </Code>
      </Card>
      <Title order={2} size="h4">
        {t.effects}
      </Title>
      {event.effects.length === 0 ? (
        <Empty title={t.noEffects} />
      ) : (
        <Rows<Effect>
          label={t.effects}
          rows={event.effects}
          keyOf={(row) => `${row.binding}:${row.number}:${row.entry}`}
          columns={[
            { title: t.binding, cell: (row) => <To to={`/definitions/${row.binding}`}>{row.binding}</To> },
            { title: t.deed, cell: (row) => spaced(row.deed) },
            { title: t.state, cell: (row) => <State of={row.state} /> },
            { title: t.reason, cell: (row) => row.says ?? (row.reason === null ? "" : spaced(row.reason)) },
            { title: t.created, cell: (row) => <Made effect={row} /> },
            { title: t.at, cell: (row) => <When at={row.at} exact /> },
          ]}
        />
      )}
    </Stack>
  );
}

const PAGES: Record<string, string> = { communication: "/requests", request: "/requests", process: "/instances" };

function Made({ effect }: { effect: Effect }) {
  const t = useWords();
  if (effect.created_id === null) return "–";
  const page = PAGES[effect.deed];
  return page === undefined ? spaced(effect.deed) : <To to={`${page}/${effect.created_id}`}>{t.created}</To>;
}
