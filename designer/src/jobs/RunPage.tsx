/** One run of a job: how far it is, what it waits for, and each item that did not go through. */
import { Button, Card, Code, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { api, told } from "@/lib/api";
import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Facts } from "@/ui/Facts";
import { Listing } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { Reasoned } from "@/ui/Reasoned";
import { State } from "@/ui/State";
import { spaced, useStateName } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { itemsOf, jobsKey, runOf, type Command, type Item, type Run } from "./queries";
import { useWords } from "./words";

const route = getRouteApi("/jobs/$code/runs/$number");

/** What the life cycle of a run allows, by its state. */
const POSSIBLE: Record<string, Command[]> = {
  waiting: ["resume", "pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  failed: ["resume", "cancel"],
  completed: ["reprocess"],
  completed_with_errors: ["rerun", "reprocess"],
};

export function RunPage() {
  const t = useWords();
  const may = useMay();
  const { code, number } = route.useParams();
  const query = useQuery(runOf(code, Number(number)));
  const shown = query.data;
  return (
    <Page
      title={t.run(Number(number))}
      hint={
        <Group gap="xs">
          <To to={`/jobs/${code}`} underline="always">{code}</To>
          {shown && <State of={shown.state} />}
          {shown?.reason && <span>{spaced(shown.reason)}</span>}
        </Group>
      }
      actions={shown && may("job:manage") && <Commands run={shown} />}
    >
      <Asked query={query}>
        {(run) => (
          <Stack gap="lg">
            <About run={run} />
            <Items run={run} />
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function Commands({ run }: { run: Run }) {
  const t = useWords();
  return (POSSIBLE[run.state] ?? []).map((command) => (
    <Reasoned
      key={command}
      label={t[command]}
      means={t[`${command}Means`]}
      done={t[`${command}Done`]}
      stale={jobsKey}
      {...(command === "cancel" ? { color: "red" } : {})}
      run={(reason) =>
        told(
          api.POST("/v1/jobs/{code}/runs/{number}/commands", {
            params: { path: { code: run.job, number: run.number } },
            body: { command, reason },
          }),
        )
      }
    />
  ));
}

function About({ run }: { run: Run }) {
  const t = useWords();
  const done = run.processed + run.failed + run.skipped;
  return (
    <Card withBorder padding="lg">
      <Stack>
        {run.state === "running" && run.read > 0 && (
          <Progress value={(100 * done) / run.read} animated aria-label={t.processed} />
        )}
        <Facts
          facts={[
            [t.read, run.read],
            [t.processed, run.processed],
            [t.failed, run.failed],
            [t.skipped, run.skipped],
            [t.mode, spaced(run.mode)],
            [t.waitsFor, run.waiting_for],
            [t.openedBy, run.opened_by],
            [t.opened, <When key="at" at={run.opened_at} exact />],
            [t.started, run.started_at && <When at={run.started_at} exact />],
            [t.heartbeat, run.ended_at === null && run.heartbeat_at && <When at={run.heartbeat_at} />],
            [t.ended, run.ended_at && <When at={run.ended_at} exact />],
          ]}
        />
        <Json title={t.parameters} value={run.parameters} />
        <Json title={t.detail} value={run.detail} />
      </Stack>
    </Card>
  );
}

function Json({ title, value }: { title: string; value: Record<string, unknown> }) {
  if (Object.keys(value).length === 0) return null;
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        {title}
      </Text>
      <Code block tabIndex={0} aria-label={title}>
        {JSON.stringify(value, null, 2)}
      </Code>
    </div>
  );
}

const SHOWN = ["failed", "skipped", "done"] as const;

function Items({ run }: { run: Run }) {
  const t = useWords();
  const name = useStateName();
  const { state, after } = route.useSearch();
  const navigate = route.useNavigate();
  const wanted = SHOWN.find((each) => each === state);
  const query = useQuery(itemsOf(run.job, run.number, wanted, after));
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t.items}
        </Title>
        <Group gap={6}>
          {SHOWN.map((each) => (
            <Button
              key={each}
              size="compact-sm"
              variant={wanted === each ? "filled" : "default"}
              aria-pressed={wanted === each}
              onClick={() => void navigate({ search: { state: wanted === each ? undefined : each }, replace: true })}
            >
              {name(each)}
            </Button>
          ))}
        </Group>
      </Group>
      <Listing<Item>
        label={t.items}
        query={query}
        columns={[
          { title: t.key, cell: (row) => row.key },
          { title: t.state, cell: (row) => <State of={row.state} /> },
          { title: t.code, cell: (row) => spaced(row.code) },
          { title: t.reason, cell: (row) => row.reason },
          { title: t.tries, number: true, cell: (row) => row.tries },
          { title: t.when, cell: (row) => <When at={row.at} exact /> },
        ]}
        keyOf={(row) => row.id}
        empty={<Empty title={t.noItems} />}
        after={after}
        onPage={(next) => void navigate({ search: { state, after: next } })}
      />
    </section>
  );
}
