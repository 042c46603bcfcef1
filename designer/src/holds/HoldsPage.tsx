/** The kill switch: what is held, by whom and why; hold and release. */
import { Select } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { GONE } from "@/operations/states";
import { useDefinitionChoices } from "@/requests/useDefinitionChoices";
import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Rows } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { Reasoned } from "@/ui/Reasoned";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { holds, holdsKey } from "./queries";
import { useWords } from "./words";

export function HoldsPage() {
  const t = useWords();
  const may = useMay();
  const query = useQuery(holds);
  const switches = may("definition:manage");
  return (
    <Page title={t.title} hint={t.hint} actions={switches && <Hold />}>
      <Asked query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t.none}>{t.noneHint}</Empty>
          ) : (
            <Rows
              label={t.title}
              rows={rows}
              keyOf={(row) => row.code}
              columns={[
                {
                  title: t.definition,
                  cell: (row) => (
                    <To to={`/definitions/${row.code}`} fw={600}>
                      {row.code}
                    </To>
                  ),
                },
                { title: t.reason, cell: (row) => row.reason },
                { title: t.by, cell: (row) => row.by.replace(/^user:/, "") },
                { title: t.since, cell: (row) => <When at={row.since} /> },
                { title: t.waiting, number: true, cell: (row) => row.waiting },
                {
                  title: t.affected,
                  cell: (row) => (
                    <To to="/communications" search={{ definition: row.code, state: GONE.join(",") }}>
                      {t.affected}
                    </To>
                  ),
                },
                ...(switches
                  ? [{ title: t.release, cell: (row: (typeof rows)[0]) => <Release code={row.code} waiting={row.waiting} /> }]
                  : []),
              ]}
            />
          )
        }
      </Asked>
    </Page>
  );
}

function Hold() {
  const t = useWords();
  const [code, setCode] = useState<string | null>(null);
  const choices = useDefinitionChoices("communication", undefined) ?? [];
  return (
    <Reasoned
      label={t.hold}
      means={t.holdMeans}
      done={t.holdDone}
      stale={holdsKey}
      variant="filled"
      color="red"
      size="sm"
      leftSection={<IconHandStop size={16} />}
      ready={code !== null}
      run={(reason) =>
        told(api.POST("/v1/definitions/{code}/hold", { params: { path: { code: code ?? "" } }, body: { reason } }))
      }
    >
      <Select
        label={t.which}
        required
        searchable
        data={choices.map(({ value, label }) => ({ value, label: `${label} (${value})` }))}
        value={code}
        onChange={setCode}
      />
    </Reasoned>
  );
}

function Release({ code, waiting }: { code: string; waiting: number }) {
  const t = useWords();
  return (
    <Reasoned
      label={t.release}
      means={t.releaseMeans(waiting)}
      done={t.releaseDone}
      stale={holdsKey}
      run={(reason) => told(api.POST("/v1/definitions/{code}/release", { params: { path: { code } }, body: { reason } }))}
    />
  );
}
