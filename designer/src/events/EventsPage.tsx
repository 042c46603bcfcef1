/** Events, newest first, narrowed by what stands in the address. */
import { Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Empty } from "@/ui/Empty";
import { Filters } from "@/ui/Filters";
import { Listing } from "@/ui/Listing";
import { State } from "@/ui/State";
import { spaced, useStateChoices } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { EventTabs } from "./EventTabs";
import { eventsBy } from "./queries";
import { useWords } from "./words";

const STATES = ["received", "bound", "ignored_no_binding", "ignored_disabled", "error"];

const route = getRouteApi("/events");

export function EventsPage() {
  const t = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(eventsBy(search));
  const states = useStateChoices(STATES);
  return (
    <EventTabs view="all">
      <Stack gap="lg">
        <Filters
          value={search}
          onChange={(changed) => void navigate({ search: (now) => ({ ...now, after: undefined, ...changed }) })}
          fields={[
            { name: "type", label: t.type, kind: "text" },
            { name: "state", label: t.state, kind: "one", choices: states },
            { name: "source", label: t.source, kind: "text" },
            { name: "person", label: t.person, kind: "text" },
            { name: "event", label: t.event, kind: "text" },
          ]}
        />
        <Listing
          label={t.title}
          query={query}
          columns={[
            {
              title: t.type,
              cell: (row) => (
                <>
                  <To to={`/events/${row.id}`} fw={600}>
                    {row.type}
                  </To>
                  <Text size="xs" c="dimmed">
                    {row.source} · {row.event_id}
                  </Text>
                </>
              ),
            },
            { title: t.person, cell: (row) => row.person ?? row.account ?? row.premise ?? "–" },
            {
              title: t.state,
              cell: (row) => (
                <>
                  <State of={row.state} />
                  {row.reason !== null && (
                    <Text size="xs" c="dimmed">
                      {spaced(row.reason)}
                    </Text>
                  )}
                </>
              ),
            },
            { title: t.cause, cell: (row) => <State of={row.trigger} /> },
            { title: t.received, cell: (row) => <When at={row.received_at} /> },
          ]}
          keyOf={(row) => row.id}
          empty={<Empty title={t.none}>{t.noneHint}</Empty>}
          after={search.after}
          onPage={(after) => void navigate({ search: (now) => ({ ...now, after }) })}
        />
      </Stack>
    </EventTabs>
  );
}
