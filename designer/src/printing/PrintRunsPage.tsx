/** Print runs, newest first. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Empty } from "@/ui/Empty";
import { Filters } from "@/ui/Filters";
import { Listing, type Column } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { State } from "@/ui/State";
import { useStateChoices } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { printRunsBy, type PrintRun } from "./queries";
import { useWords } from "./words";

const STATES = ["open", "extracting", "closed", "transferred", "acknowledged", "reconciled"];

const route = getRouteApi("/print-runs");

export function PrintRunsPage() {
  const t = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery({ ...printRunsBy(search.state, search.after), refetchInterval: 10_000 });
  const states = useStateChoices(STATES);
  const columns: Column<PrintRun>[] = [
    {
      title: t.number,
      cell: (row) => (
        <To to={`/print-runs/${row.number}`} fw={600}>
          {t.run(row.number)}
        </To>
      ),
    },
    { title: t.extract, cell: (row) => row.extract },
    {
      title: t.state,
      cell: (row) => (
        <>
          <State of={row.state} /> {row.fault !== null && <State of="error" />}
        </>
      ),
    },
    { title: t.letters, number: true, cell: (row) => row.letters },
    { title: t.sheets, number: true, cell: (row) => row.sheets },
    { title: t.opened, cell: (row) => <When at={row.opened_at} /> },
  ];
  return (
    <Page title={t.title} hint={t.hint}>
      <Filters
        value={search}
        onChange={(changed) => void navigate({ search: (now) => ({ ...now, after: undefined, ...changed }) })}
        fields={[{ name: "state", label: t.state, kind: "one", choices: states }]}
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
