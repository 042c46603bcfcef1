/** The exception desk: what stands in error, by cause; each leads to its items. */
import { Alert, Stack, Text } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { useLanguage } from "@/lib/words";
import { board } from "@/operations/queries";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Rows } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { spaced } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { causes, type Cause } from "./queries";
import { RetryAll } from "./RetryAll";
import { useWords } from "./words";

export function ErrorsPage() {
  const t = useWords();
  const query = useQuery(causes);
  return (
    <Page title={t.title} hint={t.hint}>
      <Stack>
        <Processes />
        <Asked query={query}>
          {(rows) => (rows.length === 0 ? <Empty title={t.none}>{t.noneHint}</Empty> : <Causes rows={rows} />)}
        </Asked>
      </Stack>
    </Page>
  );
}

function Causes({ rows }: { rows: Cause[] }) {
  const t = useWords();
  const language = useLanguage();
  return (
    <Rows
      label={t.title}
      rows={rows}
      keyOf={(row) => `${row.stopped}:${row.definition}:${row.reason}`}
      columns={[
        {
          title: t.cause,
          cell: (row) => (
            <>
              <Text size="sm" fw={600}>
                {row.reason === "" ? t.noReason : spaced(row.reason)}
              </Text>
              <Text size="xs" c="dimmed">
                {t[row.stopped as "request"] ?? row.stopped}
              </Text>
            </>
          ),
        },
        { title: t.definition, cell: (row) => row.definition },
        { title: t.since, cell: (row) => <When at={row.since} /> },
        {
          title: t.count,
          number: true,
          cell: (row) => (
            <To
              to={row.stopped === "request" ? "/requests" : "/communications"}
              search={{ state: "error", definition: row.definition, reason: row.reason || undefined }}
              fw={600}
            >
              {row.number.toLocaleString(language)}
            </To>
          ),
        },
        { title: t.retry, cell: (row) => <RetryAll cause={row} /> },
      ]}
    />
  );
}

/** Processes have no common cause: each stands at a step of its own. */
function Processes() {
  const t = useWords();
  const { data } = useQuery(board);
  const stuck = data?.waiting.find(({ kind, state }) => kind === "instance" && state === "error");
  if (stuck === undefined) return null;
  return (
    <Alert color="red" variant="light" icon={<IconRoute />} title={`${t.processes}: ${stuck.count}`}>
      {t.processesHint}{" "}
      <To to="/instances" search={{ state: "error" }} underline="always">
        {t.see}
      </To>
    </Alert>
  );
}
