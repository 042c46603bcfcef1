/** The keys of a core system: a new one is shown once, and overlaps the old until that is ended. */
import { Badge, Group, MultiSelect, Stack, Text, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { api, told } from "@/lib/api";
import { scopes as allScopes } from "@/people/queries";
import { Empty } from "@/ui/Empty";
import { Rows } from "@/ui/Listing";
import { Reasoned } from "@/ui/Reasoned";
import { Secret } from "@/ui/Secret";
import { When } from "@/ui/When";

import { systemsKey, type Key, type SystemDetail } from "./queries";
import { useWords } from "./words";

export function Keys({ system }: { system: SystemDetail }) {
  const t = useWords();
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <div>
          <Title order={2} size="h4">
            {t.keys}
          </Title>
          <Text size="sm" c="dimmed">
            {t.keysHint}
          </Text>
        </div>
        <NewKey system={system} />
      </Group>
      {system.keys.length === 0 ? (
        <Empty title={t.noKeys} />
      ) : (
        <Rows<Key>
          label={t.keys}
          rows={system.keys.toReversed()}
          keyOf={(row) => row.id}
          columns={[
            { title: t.scopes, cell: (row) => <Text size="xs">{row.scopes.join(", ")}</Text> },
            { title: t.definitions, cell: (row) => row.definitions?.join(", ") ?? t.all },
            { title: t.roles, cell: (row) => row.roles.join(", ") || "–" },
            { title: t.made, cell: (row) => <When at={row.created_at} exact /> },
            { title: t.ends, cell: (row) => <Ends of={row} /> },
            { title: t.endKey, cell: (row) => (hasEnded(row) ? "" : <EndKey of={row} />) },
          ]}
        />
      )}
    </Stack>
  );
}

function hasEnded({ expires_at: at }: Key): boolean {
  return at !== null && new Date(at) <= new Date();
}

function Ends({ of }: { of: Key }) {
  const t = useWords();
  if (of.expires_at === null) return t.never;
  if (!hasEnded(of)) return <When at={of.expires_at} exact />;
  return (
    <Badge variant="light" color="gray" tt="none">
      {t.ended}
    </Badge>
  );
}

function NewKey({ system }: { system: SystemDetail }) {
  const t = useWords();
  const known = useQuery(allScopes).data ?? {};
  // A rotation wants what the newest key had.
  const [scopes, setScopes] = useState<string[]>(system.keys.at(-1)?.scopes ?? []);
  const [expires, setExpires] = useState("");
  const [plain, setPlain] = useState<string | null>(null);
  return (
    <>
      <Reasoned
        label={t.newKey}
        means={t.newKeyMeans}
        done={t.newKeyDone}
        stale={systemsKey}
        variant="filled"
        wordless
        ready={scopes.length > 0}
        run={async () => {
          const made = await told(
            api.POST("/v1/systems/{code}/keys", {
              params: { path: { code: system.code } },
              body: {
                scopes,
                definitions: system.keys.at(-1)?.definitions ?? null,
                roles: system.keys.at(-1)?.roles ?? [],
                expires_at: expires === "" ? null : new Date(expires).toISOString(),
              },
            }),
          );
          setPlain(made.key);
        }}
      >
        <MultiSelect
          label={t.scopes}
          required
          searchable
          data={Object.keys(known)}
          value={scopes}
          onChange={setScopes}
        />
        <TextInput
          type="datetime-local"
          label={t.expires}
          description={t.expiresHint}
          value={expires}
          onChange={(event) => setExpires(event.currentTarget.value)}
        />
      </Reasoned>
      <Secret title={t.plain} hint={t.plainHint} secret={plain} onClose={() => setPlain(null)} />
    </>
  );
}

function EndKey({ of }: { of: Key }) {
  const t = useWords();
  const [at, setAt] = useState("");
  return (
    <Reasoned
      label={t.endKey}
      means={t.endKeyMeans}
      done={t.endKeyDone}
      stale={systemsKey}
      color="red"
      wordless
      run={() =>
        told(
          api.PATCH("/v1/systems/{code}/keys/{key_id}", {
            params: { path: { code: of.system_code, key_id: of.id } },
            body: { expires_at: (at === "" ? new Date() : new Date(at)).toISOString() },
          }),
        )
      }
    >
      <TextInput
        type="datetime-local"
        label={t.endAt}
        description={t.endAtHint}
        value={at}
        onChange={(event) => setAt(event.currentTarget.value)}
      />
    </Reasoned>
  );
}
