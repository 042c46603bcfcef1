/** Requests, newest first, narrowed by what stands in the address. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Empty } from "@/ui/Empty";
import { Filters } from "@/ui/Filters";
import { Listing, type Column } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { State } from "@/ui/State";
import { spaced, useStateChoices } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { requestsBy, type CommunicationRequest } from "./queries";
import { useDefinitionChoices } from "./useDefinitionChoices";
import { useWords } from "./words";

const STATES = [
  ..."accepted awaiting_resolution scheduled held gathering prepared error".split(" "),
  ..."completed opted_out suppressed not_sent duplicate rejected cancelled".split(" "),
];

const route = getRouteApi("/requests");

export function RequestsPage() {
  const t = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(requestsBy(search));
  const states = useStateChoices(STATES);
  const definitions = useDefinitionChoices("communication", search.definition);
  const columns: Column<CommunicationRequest>[] = [
    {
      title: t.definition,
      cell: (row) => (
        <>
          <To to={`/requests/${row.id}`} fw={600}>
            {definitions?.find(({ value }) => value === row.definition)?.label ?? row.definition}
          </To>
          <Text size="xs" c="dimmed">
            {row.system} · {row.idempotency_key}
          </Text>
        </>
      ),
    },
    { title: t.person, cell: (row) => row.person ?? row.account ?? "–" },
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
    { title: t.received, cell: (row) => <When at={row.received_at} /> },
  ];
  return (
    <Page title={t.requests} hint={t.requestsHint}>
      <Filters
        value={search}
        onChange={(changed) => void navigate({ search: (now) => ({ ...now, after: undefined, ...changed }) })}
        fields={[
          { name: "state", label: t.state, kind: "several", choices: states },
          definitions === null
            ? { name: "definition", label: t.definition, kind: "text" }
            : { name: "definition", label: t.definition, kind: "one", choices: definitions },
          { name: "person", label: t.person, kind: "text" },
          { name: "key", label: t.key, kind: "text" },
          { name: "system", label: t.system, kind: "text" },
          { name: "reason", label: t.reason, kind: "text" },
          { name: "since", label: t.since, kind: "day" },
          { name: "until", label: t.until, kind: "day" },
        ]}
      />
      <Listing
        label={t.requests}
        query={query}
        columns={columns}
        keyOf={(row) => row.id}
        empty={<Empty title={t.none}>{t.noneHint}</Empty>}
        after={search.after}
        onPage={(after) => void navigate({ search: (now) => ({ ...now, after }) })}
      />
    </Page>
  );
}
