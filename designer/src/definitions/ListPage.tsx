/** Every definition that authors work with, one line each. */
import { Anchor, Group, Select, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { kindsKnown } from "@/drafts/queries";
import { ago, moment } from "@/lib/times";
import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";

import { NewDefinition } from "./NewDefinition";
import { CURRENT, definitionsIn, type Definition } from "./queries";
import { StateBadge } from "./StateBadge";
import { useWords, wordFor } from "./words";

const route = getRouteApi("/definitions");

export function ListPage() {
  const t = useWords();
  const may = useMay();
  const { text, kind } = route.useSearch();
  const navigate = route.useNavigate();
  const kinds = useQuery(kindsKnown);
  const [typed, setTyped] = useState(text ?? "");
  const [wanted] = useDebouncedValue(typed, 250);
  useEffect(() => {
    void navigate({ search: (now) => ({ ...now, text: wanted || undefined }), replace: true });
  }, [wanted, navigate]);
  const query = useQuery({
    ...definitionsIn(CURRENT, { text, kind }),
    placeholderData: keepPreviousData,
  });
  return (
    <Page title={t.title} hint={t.hint} actions={may("definition:write") && <NewDefinition />}>
      <Group>
        <TextInput
          aria-label={t.search}
          placeholder={t.search}
          leftSection={<IconSearch size={16} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          flex={1}
          miw={220}
        />
        <Select
          aria-label={t.kind}
          placeholder={t.all}
          clearable
          data={(kinds.data ?? []).map(({ kind: value }) => ({ value, label: wordFor(t, value) }))}
          value={kind ?? null}
          onChange={(value) =>
            void navigate({ search: (now) => ({ ...now, kind: value ?? undefined }) })
          }
        />
      </Group>
      <Asked query={query}>
        {(rows) => (rows.length === 0 ? <Empty title={t.none}>{t.noneHint}</Empty> : <List rows={rows} />)}
      </Asked>
    </Page>
  );
}

/** One entry a code: its newest version, and all versions that still matter. */
function byCode(rows: Definition[]): [Definition, Definition[]][] {
  const groups = Map.groupBy(rows, (row) => row.code);
  return [...groups.values()].map((versions) => {
    const sorted = versions.toSorted((a, b) => b.version - a.version);
    return [sorted[0] as Definition, sorted];
  });
}

function List({ rows }: { rows: Definition[] }) {
  const t = useWords();
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t.name}</Table.Th>
            <Table.Th>{t.kind}</Table.Th>
            <Table.Th>{t.state}</Table.Th>
            <Table.Th>{t.changed}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {byCode(rows).map(([newest, versions]) => (
            <Table.Tr key={newest.code}>
              <Table.Td>
                <Anchor
                  fw={600}
                  c="inherit"
                  underline="hover"
                  renderRoot={(props) => <Link to="/definitions/$code" params={{ code: newest.code }} {...props} />}
                >
                  {newest.title}
                </Anchor>
                <Text size="xs" c="dimmed" ff="monospace">
                  {newest.code}
                </Text>
              </Table.Td>
              <Table.Td>{wordFor(t, newest.kind)}</Table.Td>
              <Table.Td>
                <Group gap={6}>
                  {versions.map((each) => (
                    <StateBadge key={each.version} state={each.state} version={each.version} />
                  ))}
                </Group>
              </Table.Td>
              <Table.Td title={moment(newest.changed_at)}>
                <Text size="sm">{ago(newest.changed_at)}</Text>
                <Text size="xs" c="dimmed">
                  {t.by(newest.author)}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
