/** Two versions side by side: as a drawing, as text, and value by value. */
import { Badge, Group, Stack, Table, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";

import { union } from "@/process/union";
import { project } from "@/process/view";
import { Asked, Waiting } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { read } from "@/yaml/reading";

import { usePageWords } from "./pageWords";
import { differenceOf, filesOf } from "./queries";

const Drawing = lazy(() => import("@/process/canvas/Drawing"));
const Difference = lazy(() => import("@/process/text/LazyDifference"));
const route = getRouteApi("/definitions/$code/compare");

type Files = Record<string, unknown>;

export function ComparePage() {
  const t = usePageWords();
  const { code } = route.useParams();
  const { from = 1, to = 1 } = route.useSearch();
  const before = useQuery(filesOf(code, from));
  const after = useQuery(filesOf(code, to));
  return (
    <Page title={t.compareTitle(from, to)} hint={code}>
      <Asked query={before}>
        {(old) => <Asked query={after}>{(now) => <Both code={code} from={from} to={to} old={old} now={now} />}</Asked>}
      </Asked>
    </Page>
  );
}

interface BothProps {
  code: string;
  from: number;
  to: number;
  old: Files;
  now: Files;
}

function Both({ code, from, to, old, now }: BothProps) {
  const t = usePageWords();
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => old[name] !== now[name]);
  const texts = names.filter((name) => [old[name] ?? "", now[name] ?? ""].every((each) => typeof each === "string"));
  const [first, second] = [old["process.yaml"], now["process.yaml"]];
  const drawn = typeof first === "string" && typeof second === "string";
  if (names.length === 0) return <Empty title={t.noChange} />;
  return (
    <Tabs defaultValue={drawn ? "graph" : "text"} keepMounted={false}>
      <Tabs.List mb="md">
        {drawn && <Tabs.Tab value="graph">{t.graph}</Tabs.Tab>}
        <Tabs.Tab value="text">{t.text}</Tabs.Tab>
        <Tabs.Tab value="values">{t.values}</Tabs.Tab>
      </Tabs.List>
      <Suspense fallback={<Waiting />}>
        {drawn && (
          <Tabs.Panel value="graph">
            <Graphs before={first} after={second} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="text">
          <Stack>
            {texts.map((name) => (
              <div key={name}>
                <Text size="sm" fw={600} ff="monospace" mb={4}>
                  {name}
                </Text>
                <Difference before={String(old[name] ?? "")} after={String(now[name] ?? "")} />
              </div>
            ))}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="values">
          <Values code={code} from={from} to={to} />
        </Tabs.Panel>
      </Suspense>
    </Tabs>
  );
}

function Graphs({ before, after }: { before: string; after: string }) {
  const t = usePageWords();
  const { view, marks } = useMemo(() => union(project(read(before)), project(read(after))), [before, after]);
  const count = (mark: string) => [...marks.values()].filter((each) => each === mark).length;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Badge color="green" variant="light" tt="none">
          {count("added")} {t.added}
        </Badge>
        <Badge color="yellow" variant="light" tt="none">
          {count("changed")} {t.changed}
        </Badge>
        <Badge color="red" variant="light" tt="none">
          {count("removed")} {t.removed}
        </Badge>
      </Group>
      <Drawing view={view} marks={marks} />
    </Stack>
  );
}

function Values({ code, from, to }: { code: string; from: number; to: number }) {
  const t = usePageWords();
  const query = useQuery(differenceOf(code, from, to));
  const shown = (value: unknown) => (value === null || value === undefined ? "" : JSON.stringify(value));
  return (
    <Asked query={query}>
      {({ logic }) =>
        logic.length === 0 ? (
          <Empty title={t.noChange} />
        ) : (
          <Table.ScrollContainer minWidth={560}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t.values}</Table.Th>
                  <Table.Th>{t.before}</Table.Th>
                  <Table.Th>{t.after}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {logic.map((each) => (
                  <Table.Tr key={each.path}>
                    <Table.Td ff="monospace">{each.path}</Table.Td>
                    <Table.Td ff="monospace">{shown(each.before)}</Table.Td>
                    <Table.Td ff="monospace">{shown(each.after)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )
      }
    </Asked>
  );
}
