/** What a core system wants to be told, what it is owed, and telling it again. */
import { Badge, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Rows } from "@/ui/Listing";
import { Reasoned } from "@/ui/Reasoned";
import { To } from "@/ui/To";

import { callbacksOf, systemsKey, type Callback } from "./queries";
import { useWords } from "./words";

export function Callbacks({ code }: { code: string }) {
  const t = useWords();
  const query = useQuery(callbacksOf(code));
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t.callbacks}
      </Title>
      <Asked query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty title={t.noCallbacks}>{t.noCallbacksHint}</Empty>
          ) : (
            <Rows<Callback>
              label={t.callbacks}
              rows={rows}
              keyOf={(row) => row.id}
              columns={[
                {
                  title: t.url,
                  cell: (row) => (
                    <>
                      <To to={`/systems/${code}/callbacks/${row.id}`} fw={600}>
                        {row.url}
                      </To>
                      <Text size="xs" c="dimmed">
                        {t.events} {t.eventCount(row.events.length)}
                      </Text>
                    </>
                  ),
                },
                { title: t.state, cell: (row) => <Standing of={row} /> },
                { title: t.pending, number: true, cell: (row) => row.owed.pending ?? 0 },
                { title: t.delivered, number: true, cell: (row) => row.owed.delivered ?? 0 },
                { title: t.replay, cell: (row) => <Deeds code={code} of={row} /> },
              ]}
            />
          )
        }
      </Asked>
    </Stack>
  );
}

function Standing({ of }: { of: Callback }) {
  const t = useWords();
  return (
    <>
      <Badge variant="light" tt="none" color={of.active ? "pine" : "orange"}>
        {of.active ? t.on : t.off}
      </Badge>
      {of.reason !== null && (
        <Text size="xs" c="dimmed">
          {of.reason}
        </Text>
      )}
    </>
  );
}

function Deeds({ code, of }: { code: string; of: Callback }) {
  const t = useWords();
  const [since, setSince] = useState("");
  const path = { code, callback_id: of.id };
  return (
    <Group gap="xs">
      <Reasoned
        label={of.active ? t.pause : t.resume}
        means={of.active ? t.pauseMeans : t.resumeMeans}
        done={t.switched}
        stale={systemsKey}
        wordless
        run={() =>
          told(api.PATCH("/v1/systems/{code}/callbacks/{callback_id}", { params: { path }, body: { active: !of.active } }))
        }
      />
      <Reasoned
        label={t.replay}
        means={t.replayMeans}
        done={t.replayDone}
        stale={systemsKey}
        wordless
        ready={since !== ""}
        run={() =>
          told(
            api.POST("/v1/systems/{code}/callbacks/{callback_id}/replays", {
              params: { path },
              body: { since: new Date(since).toISOString() },
            }),
          )
        }
      >
        <TextInput
          type="datetime-local"
          label={t.replaySince}
          required
          value={since}
          onChange={(event) => setSince(event.currentTarget.value)}
        />
      </Reasoned>
    </Group>
  );
}
