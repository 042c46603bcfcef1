/** One request: where it stands, what became of it, how that was decided, and who did what. */
import { Button, Card, Group, Stack, Tabs, Text, Title } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { Chain } from "@/audit/Chain";
import { Paper } from "@/printing/Paper";
import { useMay, useMe } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Facts } from "@/ui/Facts";
import { Page } from "@/ui/Page";
import { Reasoned } from "@/ui/Reasoned";
import { State } from "@/ui/State";
import { spaced } from "@/ui/states";
import { To } from "@/ui/To";

import { When } from "@/ui/When";

import { DEEDS, doTo, possible } from "./deeds";
import { Message } from "./Message";
import { communicationsOf, requestOf, requestsKey, storyOf, type Communication, type CommunicationRequest } from "./queries";
import { Resend } from "./Resend";
import { Told } from "./Told";
import { useWords } from "./words";

const route = getRouteApi("/requests/$id");

export function RequestPage() {
  const { id } = route.useParams();
  const request = useQuery(requestOf(id));
  const communications = useQuery(communicationsOf(id));
  const shown = request.data;
  return (
    <Page
      title={shown?.definition ?? id}
      hint={
        shown && (
          <Group gap="xs">
            <State of={shown.state} />
            {shown.reason !== null && <span>{spaced(shown.reason)}</span>}
            <span>
              {shown.system} · {shown.idempotency_key}
            </span>
          </Group>
        )
      }
      actions={shown && communications.data && <Deeds request={shown} communications={communications.data} />}
    >
      <Asked query={request}>
        {(row) => (
          <Stack gap="lg">
            <About request={row} />
            <Asked query={communications}>{(rows) => <Inside request={row} communications={rows} />}</Asked>
          </Stack>
        )}
      </Asked>
    </Page>
  );
}

function Deeds({ request, communications }: InsideProps) {
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
          href={runs + encodeURIComponent(request.run)}
          target="_blank"
          rel="noopener noreferrer"
          leftSection={<IconExternalLink size={14} />}
        >
          {t.run}
        </Button>
      )}
      {may("request:manage") && (
        <>
          {DEEDS.map((deed) => (
            <Reasoned
              key={deed}
              offered={possible(request, communications).includes(deed)}
              label={t[deed]}
              means={t[`${deed}Means`]}
              done={t[`${deed}Done`]}
              stale={requestsKey}
              run={(reason) => doTo(request.id, deed, reason)}
              {...(deed === "cancel" ? { color: "red" } : {})}
            />
          ))}
          <Resend request={request} communications={communications} />
        </>
      )}
    </>
  );
}

function About({ request }: { request: CommunicationRequest }) {
  const t = useWords();
  return (
    <Card withBorder padding="lg">
      <Facts
        facts={[
          [t.person, request.person],
          [t.account, request.account],
          [t.received, <When key="at" at={request.received_at} exact />],
          [t.changed, <When key="at" at={request.updated_at} />],
          [t.version, request.version],
          [t.priority, request.priority],
          [t.channel, request.channel],
          [t.sendAfter, request.send_after && <When at={request.send_after} exact />],
          [t.copyOf, request.copy_of && <To to={`/requests/${request.copy_of}`}>{t.original}</To>],
          [t.duplicateOf, request.duplicate_of && <To to={`/requests/${request.duplicate_of}`}>{t.original}</To>],
          [t.trigger, request.trigger_id && <To to={`/events/${request.trigger_id}`}>{t.anEvent}</To>],
        ]}
      />
    </Card>
  );
}

interface InsideProps {
  request: CommunicationRequest;
  communications: readonly Communication[];
}

function Inside({ request, communications }: InsideProps) {
  const t = useWords();
  const may = useMay();
  const { tab = "story" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <Stack gap="sm">
        <Title order={2} size="h4">
          {t.communicationsOf}
        </Title>
        {communications.length === 0 && (
          <Card withBorder>
            <Empty title={t.noCommunications}>{t.noCommunicationsHint}</Empty>
          </Card>
        )}
        {communications.map((each) => (
          <Message key={each.id} communication={each}>
            {each.channel === "letter" && may("letter:work") && <Paper communication={each} />}
          </Message>
        ))}
      </Stack>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => void navigate({ search: { tab: next ?? undefined }, replace: true })}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="story">{t.story}</Tabs.Tab>
          {may("audit:read") && <Tabs.Tab value="trail">{t.trail}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="story">
          <Explained id={request.id} communications={communications} />
        </Tabs.Panel>
        <Tabs.Panel value="trail">
          <Chain chain={`request:${request.id}`} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Explained({ id, communications }: { id: string; communications: readonly Communication[] }) {
  const query = useQuery(storyOf(id));
  return (
    <Asked query={query}>
      {(steps) => (
        <Text component="div">
          <Told steps={steps} communications={communications} />
        </Text>
      )}
    </Asked>
  );
}
