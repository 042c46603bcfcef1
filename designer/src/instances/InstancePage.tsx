/** One instance: where it stands and why, since when and what for; and how it came there. */
import { Button, Card, Group, Stack, Tabs, Text, Title } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Chain } from "@/audit/Chain";
import { useMay, useMe } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Facts } from "@/ui/Facts";
import { Rows } from "@/ui/Listing";
import { Page } from "@/ui/Page";
import { State } from "@/ui/State";
import { spaced } from "@/ui/states";
import { To } from "@/ui/To";
import { When } from "@/ui/When";

import { instanceOf, type Instance, type InstanceDetail, type Visit } from "./queries";
import { CancelInstance, MoveInstance, RetryStep, SkipStep } from "./StepIn";
import { useWords } from "./words";

const route = getRouteApi("/instances/$id");

export function InstancePage() {
  const { id } = route.useParams();
  const query = useQuery(instanceOf(id));
  const shown = query.data;
  return (
    <Page
      title={shown?.process ?? id}
      hint={
        shown && (
          <Group gap="xs">
            <State of={shown.state} />
            {shown.reason !== null && <span>{spaced(shown.reason)}</span>}
            <span>{shown.key}</span>
          </Group>
        )
      }
      actions={shown && <Deeds instance={shown} />}
    >
      <Asked query={query}>
        {(row) => (
          <Stack gap="lg">
            <About instance={row} />
            <Standing instance={row} />
            <Past instance={row} />
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function isOver({ state }: Instance): boolean {
  return state === "completed" || state === "cancelled";
}

function Deeds({ instance }: { instance: Instance }) {
  const t = useWords();
  const { runs_url: runs } = useMe();
  const may = useMay();
  return (
    <>
      {runs !== null && (
        <Button
          size="xs"
          variant="subtle"
          component="a"
          href={runs + encodeURIComponent(instance.run)}
          target="_blank"
          rel="noopener noreferrer"
          leftSection={<IconExternalLink size={14} />}
        >
          {t.run}
        </Button>
      )}
      {may("process:manage") && !isOver(instance) && (
        <>
          <MoveInstance instance={instance} />
          <CancelInstance instance={instance} />
        </>
      )}
    </>
  );
}

function About({ instance }: { instance: InstanceDetail }) {
  const t = useWords();
  const pins = Object.entries(instance.pins).map(([code, version]) => `${code} v${version}`);
  return (
    <Card withBorder padding="lg">
      <Facts
        facts={[
          [t.process, <To key="to" to={`/definitions/${instance.process}`}>{`${instance.process} v${instance.version}`}</To>],
          [t.person, instance.person],
          [t.account, instance.account],
          [t.system, instance.system],
          [t.startedBy, instance.started_by],
          [t.started, <When key="at" at={instance.started_at} exact />],
          [t.ended, instance.ended_at && <When at={instance.ended_at} exact />],
          [t.outcome, instance.outcome && spaced(instance.outcome)],
          [t.parent, instance.parent_id && <To to={`/instances/${instance.parent_id}`}>{t.another}</To>],
          [t.pins, pins.join(", ")],
        ]}
      />
    </Card>
  );
}

function Standing({ instance }: { instance: InstanceDetail }) {
  const t = useWords();
  const may = useMay();
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        {t.stands}
      </Title>
      {instance.standing.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.standsNowhere}
        </Text>
      )}
      {instance.standing.map((visit) => (
        <Card key={visit.id} withBorder padding="md">
          <Group justify="space-between">
            <div>
              <Group gap="xs">
                <Text fw={600}>{visit.step}</Text>
                <State of={visit.state} />
              </Group>
              <Text size="sm" c="dimmed">
                {t.since} <When at={visit.entered_at} />
                {visit.waiting_for !== null && ` · ${t.waitsFor} ${spaced(visit.waiting_for)}`}
                {visit.until !== null && (
                  <>
                    {" "}
                    · {t.until} <When at={visit.until} exact />
                  </>
                )}
              </Text>
              {visit.reason !== null && <Text size="sm">{visit.reason}</Text>}
            </div>
            {may("process:manage") && (
              <Group gap="xs">
                {visit.state === "error" && <RetryStep id={instance.id} visit={visit} />}
                <SkipStep id={instance.id} visit={visit} />
              </Group>
            )}
          </Group>
        </Card>
      ))}
    </Stack>
  );
}

function Past({ instance }: { instance: InstanceDetail }) {
  const t = useWords();
  const may = useMay();
  const { tab = "way" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Tabs
      value={tab}
      keepMounted={false}
      onChange={(next) => void navigate({ search: { tab: next ?? undefined }, replace: true })}
    >
      <Tabs.List mb="md">
        <Tabs.Tab value="way">{t.way}</Tabs.Tab>
        {instance.events.length > 0 && <Tabs.Tab value="events">{t.events}</Tabs.Tab>}
        {may("audit:read") && <Tabs.Tab value="trail">{t.trail}</Tabs.Tab>}
      </Tabs.List>
      <Tabs.Panel value="way">
        <Rows<Visit>
          label={t.way}
          rows={instance.steps}
          keyOf={(row) => row.id}
          columns={[
            { title: t.visit, cell: (row) => (row.visit > 1 ? `${row.step} (${row.visit})` : row.step) },
            { title: t.state, cell: (row) => <State of={row.state} /> },
            { title: t.wayOut, cell: (row) => (row.outcome ?? row.way) && spaced(row.outcome ?? row.way ?? "") },
            { title: t.reason, cell: (row) => row.reason ?? "" },
            { title: t.entered, cell: (row) => <When at={row.entered_at} exact /> },
            { title: t.left, cell: (row) => <When at={row.left_at} exact /> },
          ]}
        />
      </Tabs.Panel>
      <Tabs.Panel value="events">
        <Rows
          label={t.events}
          rows={instance.events}
          keyOf={(row) => row.id}
          columns={[
            { title: t.event, cell: (row) => row.name },
            { title: t.key, cell: (row) => row.event_key },
            { title: t.heard, cell: (row) => <When at={row.heard_at} exact /> },
            { title: t.taken, cell: (row) => instance.steps.find((step) => step.id === row.taken_by)?.step ?? "–" },
          ]}
        />
      </Tabs.Panel>
      <Tabs.Panel value="trail">
        <Chain chain={`instance:${instance.id}`} />
      </Tabs.Panel>
    </Tabs>
  );
}
