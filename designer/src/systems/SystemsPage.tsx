/** The core systems that are known, and a way to make another known. */
import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Rows } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { Reasoned } from "@/ui/Reasoned";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { systems, systemsKey } from "./queries";
import { useWords } from "./words";

export function SystemsPage() {
  const t = useWords();
  const query = useQuery(systems);
  return (
    <Page title={t.title} hint={t.hint} actions={<Register />}>
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
                  title: t.called,
                  cell: (row) => (
                    <To to={`/systems/${row.code}`} fw={600}>
                      {row.title}
                    </To>
                  ),
                },
                { title: t.code, cell: (row) => row.code },
                { title: t.since, cell: (row) => <When at={row.created_at} exact /> },
              ]}
            />
          )
        }
      </Asked>
    </Page>
  );
}

function Register() {
  const t = useWords();
  const [code, setCode] = useState("");
  const [title, setTitle] = useState("");
  return (
    <Reasoned
      label={t.register}
      means={t.registerMeans}
      done={t.registered}
      stale={systemsKey}
      variant="filled"
      size="sm"
      wordless
      ready={/^[A-Z][A-Z0-9-]*$/.test(code) && title.trim() !== ""}
      run={() =>
        told(api.PUT("/v1/systems/{code}", { params: { path: { code } }, body: { title: title.trim() } }))
      }
    >
      <TextInput
        label={t.code}
        description={t.codeHint}
        required
        maxLength={40}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value.toUpperCase())}
      />
      <TextInput
        label={t.called}
        required
        maxLength={120}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
    </Reasoned>
  );
}
