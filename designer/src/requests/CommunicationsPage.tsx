/** Communications, newest first, narrowed by what stands in the address. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import type { Schemas } from "@/lib/api";
import { Empty } from "@/ui/Empty";
import { Filters } from "@/ui/Filters";
import { Listing, type Column } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { State } from "@/ui/State";
import { spaced, useStateChoices } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { communicationsBy } from "./queries";
import { useDefinitionChoices } from "./useDefinitionChoices";
import { useWords } from "./words";

const STATES = [
  ..."pending composed rendered scheduled queued sending retry_wait error handed_over sent extracted".split(" "),
  ..."printed dispatched delivered read bounced undelivered failed expired returned suppressed cancelled".split(" "),
];

const route = getRouteApi("/communications");

export function CommunicationsPage() {
  const t = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(communicationsBy(search));
  const states = useStateChoices(STATES);
  const definitions = useDefinitionChoices("communication", search.definition);
  const columns: Column<Schemas["CommunicationListed"]>[] = [
    {
      title: t.definition,
      cell: (row) => (
        <>
          <To to={`/requests/${row.request_id}`} fw={600}>
            {definitions?.find(({ value }) => value === row.definition)?.label ?? row.definition}
          </To>
          <Text size="xs" c="dimmed">
            {row.system} · {row.idempotency_key}
          </Text>
        </>
      ),
    },
    { title: t.channel, cell: (row) => row.channel },
    { title: t.person, cell: (row) => row.person ?? "–" },
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
    { title: t.made, cell: (row) => <When at={row.created_at} /> },
  ];
  return (
    <Page title={t.communications} hint={t.communicationsHint}>
      <Filters
        value={search}
        onChange={(changed) => void navigate({ search: (now) => ({ ...now, after: undefined, ...changed }) })}
        fields={[
          { name: "state", label: t.state, kind: "several", choices: states },
          definitions === null
            ? { name: "definition", label: t.definition, kind: "text" }
            : { name: "definition", label: t.definition, kind: "one", choices: definitions },
          { name: "channel", label: t.channel, kind: "text" },
          { name: "person", label: t.person, kind: "text" },
          { name: "reason", label: t.reason, kind: "text" },
          {
            name: "final",
            label: t.expected,
            kind: "one",
            choices: [
              { value: "false", label: t.more },
              { value: "true", label: t.nothingMore },
            ],
          },
          { name: "since", label: t.since, kind: "day" },
          { name: "until", label: t.until, kind: "day" },
        ]}
      />
      <Listing
        label={t.communications}
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
