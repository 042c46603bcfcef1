/** One print run: how far it is, its files, its pieces, and what the print house answered. */
import { Alert, Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Facts } from "@/ui/Facts";
import { Rows } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { State } from "@/ui/State";
import { spaced } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";
import { useWords as useCommonWords } from "@/ui/words";

import { answersOf, piecesOfRun, printRunOf, type Piece, type PrintRunDetail } from "./queries";
import { RunDeeds } from "./RunDeeds";
import { useWords } from "./words";

const PAGE = 50;
const route = getRouteApi("/print-runs/$number");

export function PrintRunPage() {
  const t = useWords();
  const number = Number(route.useParams().number);
  const query = useQuery(printRunOf(number));
  const shown = query.data;
  return (
    <Page
      title={t.run(number)}
      hint={
        shown && (
          <Group gap="xs">
            <State of={shown.state} />
            <span>
              {shown.extract} v{shown.version}
            </span>
          </Group>
        )
      }
      actions={shown && <RunDeeds run={shown} />}
    >
      <Asked query={query}>
        {(run) => (
          <Stack gap="lg">
            {run.fault !== null && (
              <Alert color="red" title={t.fault}>
                {run.says ?? spaced(run.fault)}
              </Alert>
            )}
            <About run={run} />
            <Answers number={number} />
            <Pieces run={run} />
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function About({ run }: { run: PrintRunDetail }) {
  const t = useWords();
  const at = (instant: string | null) => instant && <When at={instant} exact />;
  return (
    <Card withBorder padding="lg">
      <Stack>
        <Facts
          facts={[
            [t.letters, run.letters],
            [t.sheets, run.sheets],
            [t.pages, run.pages],
            [t.records, run.records],
            [t.opened, at(run.opened_at)],
            [t.sealed, at(run.sealed_at)],
            [t.transferred, at(run.transferred_at)],
            [t.acknowledged, at(run.acknowledged_at)],
            [t.reconciled, at(run.reconciled_at)],
            [t.tries, run.tries],
            [t.next, at(run.try_at)],
          ]}
        />
        {run.files.length > 0 && (
          <Rows
            label={t.files}
            rows={run.files}
            keyOf={(row) => row.name}
            columns={[
              { title: t.files, cell: (row) => row.name },
              { title: t.kind, cell: (row) => row.kind },
              { title: t.letters, number: true, cell: (row) => row.letters },
              { title: t.pages, number: true, cell: (row) => row.pages },
              { title: t.size, number: true, cell: (row) => row.size.toLocaleString() },
            ]}
          />
        )}
      </Stack>
    </Card>
  );
}

function Answers({ number }: { number: number }) {
  const t = useWords();
  const query = useQuery(answersOf(number));
  return (
    <section>
      <Title order={2} size="h4" mb="xs">
        {t.answers}
      </Title>
      <Asked query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t.noAnswers}
            </Text>
          ) : (
            <Rows
              label={t.answers}
              rows={rows}
              keyOf={(row) => row.id}
              columns={[
                { title: t.name, cell: (row) => row.name },
                { title: t.received, cell: (row) => <When at={row.received_at} exact /> },
                { title: t.lines, number: true, cell: (row) => row.lines },
                { title: t.applied, number: true, cell: (row) => row.applied },
                { title: t.unknown, cell: (row) => (row.unknown.length === 0 ? "–" : JSON.stringify(row.unknown)) },
              ]}
            />
          )
        }
      </Asked>
    </section>
  );
}

function Pieces({ run }: { run: PrintRunDetail }) {
  const t = useWords();
  const common = useCommonWords();
  const { state, after = "0" } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(piecesOfRun(run.number, state, Number(after)));
  const choose = (next: string | undefined) => void navigate({ search: { state: next }, replace: true });
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t.pieces}
        </Title>
        <Group gap={6}>
          <Button size="compact-sm" variant={state === undefined ? "filled" : "default"} onClick={() => choose(undefined)}>
            {t.all}
          </Button>
          {Object.entries(run.pieces)
            .filter(([, count]) => count > 0)
            .map(([each, count]) => (
              <Button
                key={each}
                size="compact-sm"
                variant={state === each ? "filled" : "default"}
                onClick={() => choose(each)}
              >
                {spaced(each)} {count}
              </Button>
            ))}
        </Group>
      </Group>
      <Asked query={query}>
        {(rows) => (
          <Stack>
            {rows.length === 0 ? <Empty title={t.noPieces} /> : <Sheet rows={rows} />}
            {(rows.length === PAGE || after !== "0") && (
              <Group justify="space-between">
                <Button size="xs" variant="default" disabled={after === "0"} onClick={() => choose(state)}>
                  {common.firstPage}
                </Button>
                <Button
                  size="xs"
                  variant="default"
                  disabled={rows.length < PAGE}
                  onClick={() => void navigate({ search: { state, after: String(rows.at(-1)?.sequence ?? 0) } })}
                >
                  {common.nextPage}
                </Button>
              </Group>
            )}
          </Stack>
        )}
      </Asked>
    </section>
  );
}

function Sheet({ rows }: { rows: Piece[] }) {
  const t = useWords();
  return (
    <Rows
      label={t.pieces}
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        { title: t.piece, cell: (row) => row.sequence },
        { title: t.letter, cell: (row) => <To to={`/communications/${row.communication_id}`}>{t[row.kind as "original"] ?? row.kind}</To> },
        { title: t.state, cell: (row) => <State of={row.state} /> },
        { title: t.reason, cell: (row) => (row.reason === null ? "" : spaced(row.reason)) },
        { title: t.envelope, cell: (row) => row.envelope },
        { title: t.sheets, number: true, cell: (row) => row.sheets },
      ]}
    />
  );
}
