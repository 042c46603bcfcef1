/** Instances by process, step and state; `/instances?process=…&step=…` is where counts lead to. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { useDefinitionChoices } from "@/requests/useDefinitionChoices";
import { Empty } from "@/ui/Empty";
import { Filters } from "@/ui/Filters";
import { Listing, type Column } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { State } from "@/ui/State";
import { spaced, useStateChoices } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { instancesBy, type Instance } from "./queries";
import { useWords } from "./words";

const STATES = ["running", "waiting", "error", "completed", "cancelled"];

const route = getRouteApi("/instances");

export function InstancesPage() {
  const t = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery({ ...instancesBy(search), refetchInterval: 10_000 });
  const states = useStateChoices(STATES);
  const processes = useDefinitionChoices("process", search.process);
  const columns: Column<Instance>[] = [
    {
      title: t.process,
      cell: (row) => (
        <>
          <To to={`/instances/${row.id}`} fw={600}>
            {processes?.find(({ value }) => value === row.process)?.label ?? row.process}
          </To>
          <Text size="xs" c="dimmed">
            v{row.version} · {row.key}
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
          {(row.outcome ?? row.reason) !== null && (
            <Text size="xs" c="dimmed">
              {spaced(row.outcome ?? row.reason ?? "")}
            </Text>
          )}
        </>
      ),
    },
    { title: t.started, cell: (row) => <When at={row.started_at} /> },
  ];
  return (
    <Page title={t.title} hint={t.hint}>
      <Filters
        value={search}
        onChange={(changed) => void navigate({ search: (now) => ({ ...now, after: undefined, ...changed }) })}
        fields={[
          processes === null
            ? { name: "process", label: t.process, kind: "text" }
            : { name: "process", label: t.process, kind: "one", choices: processes },
          { name: "step", label: t.step, kind: "text" },
          { name: "state", label: t.state, kind: "one", choices: states },
          { name: "version", label: t.version, kind: "text" },
          { name: "person", label: t.person, kind: "text" },
          { name: "key", label: t.key, kind: "text" },
        ]}
      />
      <Listing
        label={t.title}
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
