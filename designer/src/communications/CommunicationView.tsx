/** A communication: where it stands, exactly what was sent, and why it went so. */
import { Group, Stack, Tabs, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import type { Schemas } from "@/lib/api";
import { moment } from "@/lib/times";
import { Told } from "@/requests/Told";
import { useMay } from "@/signin/queries";
import { Asked } from "@/ui/Asked";
import { Facts } from "@/ui/Facts";
import { State } from "@/ui/State";
import { To } from "@/ui/To";
import { useTitles } from "@/ui/titles";

import { DocumentView } from "./DocumentView";
import { communicationOf, documentsOf, storyOf } from "./queries";
import { useWords } from "./words";

type Communication = Schemas["CommunicationRead"];

export default function CommunicationView({ id }: { id: string }) {
  const query = useQuery(communicationOf(id));
  return <Asked query={query}>{(communication) => <Body communication={communication} />}</Asked>;
}

function Body({ communication }: { communication: Communication }) {
  const t = useWords();
  const may = useMay();
  const titles = useTitles("communication");
  return (
    <Stack>
      <Group justify="space-between">
        <Title order={3} size="h4">
          {titles(communication.definition)}
        </Title>
        <State of={communication.state} />
      </Group>
      <Facts
        facts={[
          [t.channel, communication.channel],
          [t.sent, communication.sent_at && moment(communication.sent_at)],
          [t.reason, communication.reason?.replaceAll("_", " ")],
          [t.all, <To key="all" to={`/requests/${communication.request_id}`}>{t.request}</To>],
        ]}
      />
      <Tabs defaultValue={may("document:read") ? "document" : "story"} keepMounted={false}>
        <Tabs.List mb="md">
          {may("document:read") && <Tabs.Tab value="document">{t.document}</Tabs.Tab>}
          <Tabs.Tab value="story">{t.story}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="document">
          <Documents id={communication.id} />
        </Tabs.Panel>
        <Tabs.Panel value="story">
          <Story communication={communication} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

/** What the customer got first; what it was made of behind it. */
function Documents({ id }: { id: string }) {
  const t = useWords();
  const query = useQuery(documentsOf(id));
  return (
    <Asked query={query}>
      {(documents) => {
        const [first] = documents;
        if (first === undefined) return <Text c="dimmed">{t.noDocument}</Text>;
        if (documents.length === 1) return <DocumentView id={first.id} />;
        return (
          <Tabs defaultValue={first.id} variant="pills" keepMounted={false}>
            <Tabs.List mb="md">
              {documents.map(({ id: each, part }) => (
                <Tabs.Tab key={each} value={each}>
                  {part}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {documents.map(({ id: each }) => (
              <Tabs.Panel key={each} value={each}>
                <DocumentView id={each} />
              </Tabs.Panel>
            ))}
          </Tabs>
        );
      }}
    </Asked>
  );
}

function Story({ communication }: { communication: Communication }) {
  const query = useQuery(storyOf(communication.request_id));
  return (
    <Asked query={query}>
      {(steps) => {
        const own = steps.filter(({ communication_id: of }) => of === null || of === communication.id);
        return <Told steps={own} communications={[communication]} />;
      }}
    </Asked>
  );
}
