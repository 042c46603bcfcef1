/** The trail, the newest first, narrowed by what stands in the address. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Empty } from "@/ui/Empty";
import { Filters } from "@/ui/Filters";
import { Listing } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { spaced } from "@/ui/states";
import { To } from "@/ui/To";

import { useEntryColumns } from "./entryColumns";
import { entriesBy, type Entry } from "./queries";
import { Wholeness } from "./Wholeness";
import { useWords } from "./words";

const route = getRouteApi("/audit");

export function AuditPage() {
  const t = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(entriesBy(search));
  const [at, actor, action, ...rest] = useEntryColumns();
  const object = {
    title: t.object,
    cell: (row: Entry) => (
      <>
        <To to="/audit" search={{ chain: row.chain }}>
          {spaced(row.object_kind)}
        </To>
        <Text size="xs" c="dimmed">
          {row.object_id}
        </Text>
      </>
    ),
  };
  const columns = [at, actor, action, object, ...rest].filter((each) => each !== undefined);
  return (
    <Page title={t.title} hint={t.hint}>
      <Filters
        value={search}
        onChange={(changed) => void navigate({ search: (now) => ({ ...now, after: undefined, ...changed }) })}
        fields={[
          { name: "actor", label: t.actor, kind: "text" },
          { name: "action", label: t.action, kind: "text" },
          { name: "kind", label: t.kind, kind: "text" },
          { name: "object", label: t.id, kind: "text" },
          { name: "chain", label: t.chain, kind: "text" },
          { name: "since", label: t.since, kind: "day" },
          { name: "until", label: t.until, kind: "day" },
        ]}
      />
      {search.chain !== undefined && <Wholeness key={search.chain} chain={search.chain} />}
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
