/** One communication: where it stands, its attempts, its documents, and what was reported of it. */
import { Card, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Facts } from "@/ui/Facts";
import { Rows } from "@/ui/Listing";
import { State } from "@/ui/State";
import { spaced } from "@/ui/states";
import { When } from "@/ui/When";

import { Documents } from "./Documents";
import { attemptsOf, statusOf, type Communication } from "./queries";
import { useWords } from "./words";

interface Props {
  communication: Communication;
  children?: ReactNode;
}

export function Message({ communication, children }: Props) {
  const t = useWords();
  return (
    <Card withBorder padding="lg">
      <Stack gap="md">
        <Group justify="space-between">
          <Group gap="sm">
            <Title order={3} size="h5">
              {communication.channel}
            </Title>
            <State of={communication.state} />
            {communication.reason !== null && (
              <Text size="sm" c="dimmed">
                {spaced(communication.reason)}
              </Text>
            )}
            {communication.fallback_of !== null && (
              <Text size="sm" c="dimmed">
                {t.instead}
              </Text>
            )}
          </Group>
          {children}
        </Group>
        <Facts
          facts={[
            [t.evidence, t[communication.evidence as "unknown"] ?? communication.evidence],
            [t.language, communication.language],
            [t.sentAt, communication.sent_at && <When at={communication.sent_at} exact />],
            [t.notBefore, communication.not_before && <When at={communication.not_before} exact />],
            [t.reference, communication.provider_reference],
          ]}
        />
        <Part title={t.documents}>
          <Documents id={communication.id} state={communication.state} />
        </Part>
        {communication.attempts > 0 && <Attempts of={communication} />}
        <Reported of={communication} />
      </Stack>
    </Card>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={6}>
        {title}
      </Text>
      {children}
    </div>
  );
}

function Attempts({ of }: { of: Communication }) {
  const t = useWords();
  const { data = [] } = useQuery(attemptsOf(of.id, of.attempts));
  return (
    <Part title={t.attempts}>
      <Rows
        label={t.attempts}
        rows={data}
        keyOf={(row) => String(row.number)}
        columns={[
          { title: t.started, cell: (row) => <When at={row.started_at} exact /> },
          { title: t.adapter, cell: (row) => row.adapter },
          { title: t.outcome, cell: (row) => (row.outcome === null ? t.inFlight : spaced(row.outcome)) },
          { title: t.detail, cell: (row) => row.detail ?? "–" },
        ]}
      />
    </Part>
  );
}

function Reported({ of }: { of: Communication }) {
  const t = useWords();
  const { data = [] } = useQuery(statusOf(of.id, of.state));
  if (data.length === 0) return null;
  return (
    <Part title={t.reported}>
      <Stack gap={4}>
        {data.map((fact) => (
          <Group key={fact.event_key} gap="xs">
            <State of={fact.status} />
            <Text size="sm">
              {fact.source} · <When at={fact.occurred_at} exact />
              {fact.detail !== null && ` · ${fact.detail}`}
              {!fact.applied && ` · ${t.late}`}
            </Text>
          </Group>
        ))}
      </Stack>
    </Part>
  );
}
