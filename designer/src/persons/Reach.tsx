/** Where a person can be reached, and what they said of it. */
import { Badge, Divider, Group, Stack, Text } from "@mantine/core";
import { IconBell, IconBrandWhatsapp, IconDeviceMobile, IconMail, IconMailbox, IconPhone, type Icon } from "@tabler/icons-react";

import { moment } from "@/lib/times";
import { Panel } from "@/ui/Panel";

import type { Person } from "./queries";
import classes from "./persons.module.css";
import { useWords, wordFor } from "./words";

const ICONS: Record<string, Icon> = {
  email: IconMail,
  letter: IconMailbox,
  sms: IconDeviceMobile,
  voice: IconPhone,
  push: IconBell,
  whatsapp: IconBrandWhatsapp,
};

export function Reach({ person }: { person: Person }) {
  const t = useWords();
  return (
    <Panel title={t.points}>
      <Stack gap="sm">
        {person.masked.includes("contact") && (
          <Text size="xs" c="dimmed">
            {t.maskedHint}
          </Text>
        )}
        {person.contact_points.length === 0 && (
          <Text size="sm" c="dimmed">
            {t.noPoints}
          </Text>
        )}
        {person.contact_points.map((point) => (
          <Point key={point.id} point={point} />
        ))}
        <Divider label={t.consents} labelPosition="left" />
        <Consents person={person} />
        {person.preferences.length > 0 && (
          <>
            <Divider label={t.wishes} labelPosition="left" />
            <Wishes person={person} />
          </>
        )}
      </Stack>
    </Panel>
  );
}

function Point({ point }: { point: Person["contact_points"][number] }) {
  const t = useWords();
  const Icon = ICONS[point.channel] ?? IconMail;
  const usable = point.state === "active";
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <Icon size={18} stroke={1.7} className={classes.icon} aria-label={point.channel} />
      <Stack gap={2} miw={0}>
        <Text size="sm" fw={500} className={classes.value} td={usable ? undefined : "line-through"}>
          {point.lines.length > 0 ? point.lines.join("\n") : point.value}
        </Text>
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            {[point.channel, point.line].filter(Boolean).join(" · ")}
          </Text>
          {point.verified && <Badge size="xs" variant="light" color="pine" tt="none">{t.verified}</Badge>}
          {point.do_not_disturb && <Badge size="xs" variant="light" color="orange" tt="none">{t.disturb}</Badge>}
          {!usable && (
            <Badge size="xs" variant="light" color="red" tt="none">
              {point.reason === null ? t.invalid : `${t.invalid}: ${point.reason}`}
            </Badge>
          )}
        </Group>
      </Stack>
    </Group>
  );
}

function Consents({ person: { consents } }: { person: Person }) {
  const t = useWords();
  if (consents.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t.noConsents}
      </Text>
    );
  }
  return (
    <Stack gap={4}>
      {consents.map(({ purpose, state, at, source }) => (
        <Group key={purpose} gap="sm" justify="space-between" title={`${source}, ${moment(at)}`}>
          <Text size="sm">{purpose}</Text>
          <Badge size="sm" variant="light" tt="none" color={state === "granted" ? "pine" : "red"}>
            {wordFor(t, state)}
          </Badge>
        </Group>
      ))}
    </Stack>
  );
}

function Wishes({ person: { preferences } }: { person: Person }) {
  const t = useWords();
  return (
    <Stack gap={4}>
      {preferences.map((wish) => (
        <Text key={`${wish.definition}:${wish.channel}`} size="sm">
          {wordFor(t, wish.wish)} {wish.definition || wish.channel || t.everything}
          {wish.quiet_from !== null && wish.quiet_until !== null && `, ${t.quiet(wish.quiet_from, wish.quiet_until)}`}
        </Text>
      ))}
    </Stack>
  );
}
