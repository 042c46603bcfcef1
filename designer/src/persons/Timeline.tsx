/** Everything that happened, newest first, and what each of it was when one opens it. */
import { Button, Chip, Group, Stack, Text } from "@mantine/core";
import {
  IconArrowDownLeft,
  IconArrowUpRight,
  IconAlarm,
  IconBolt,
  IconChecklist,
  IconMessage,
  IconSend,
  type Icon,
} from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { Waiting } from "@/ui/Asked";
import { Empty } from "@/ui/Empty";
import { Failure } from "@/ui/Failure";
import { Panel } from "@/ui/Panel";
import { State } from "@/ui/State";
import { useTitles } from "@/ui/titles";
import { When } from "@/ui/When";

import { ENTRY_KINDS, timelineOf, type Entry, type EntryKind, type Subject } from "./queries";
import classes from "./persons.module.css";
import { useWords } from "./words";

const ICONS: Record<EntryKind, Icon> = {
  contact: IconMessage,
  communication: IconSend,
  "to-do": IconChecklist,
  reminder: IconAlarm,
  event: IconBolt,
};

interface Props {
  subject: Subject;
  kinds: readonly EntryKind[];
  onKinds: (kinds: EntryKind[]) => void;
  /** Show one of them beside the line. */
  onOpen: (which: Opened) => void;
}

export interface Opened {
  kind: "contact" | "communication";
  id: string;
}

export function Timeline({ subject, kinds, onKinds, onOpen }: Props) {
  const t = useWords();
  const query = useInfiniteQuery(timelineOf(subject, kinds));
  const entries = query.data?.pages.flatMap((page) => page.items);
  return (
    <Panel title={t.timeline}>
      <Stack gap="md">
        <Chip.Group multiple value={[...kinds]} onChange={(next) => onKinds(next as EntryKind[])}>
          <Group gap={6} role="group" aria-label={t.show}>
            {ENTRY_KINDS.map((kind) => (
              <Chip key={kind} value={kind} size="xs" variant="light">
                {t[kind]}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        {entries === undefined && (query.isError ? <Failure error={query.error} /> : <Waiting />)}
        {entries?.length === 0 && <Empty title={t.nothingHappened}>{t.nothingHappenedHint}</Empty>}
        {entries !== undefined && entries.length > 0 && (
          <ol className={classes.list}>
            {entries.map((entry) => (
              <Line key={entry.id} entry={entry} onOpen={onOpen} />
            ))}
          </ol>
        )}
        {query.hasNextPage && (
          <Button variant="default" mx="auto" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t.more}
          </Button>
        )}
      </Stack>
    </Panel>
  );
}

function Line({ entry, onOpen }: { entry: Entry; onOpen: Props["onOpen"] }) {
  const titles = useTitles();
  const Icon = ICONS[entry.kind];
  return (
    <li className={classes.entry}>
      <span className={classes.bullet} aria-hidden>
        <Icon size={17} stroke={1.7} />
      </span>
      <Stack gap={2} miw={0}>
        <Head entry={entry} title={titles(entry.title)} onOpen={onOpen} />
        <Facts entry={entry} />
      </Stack>
      <Stack gap={4} align="flex-end">
        <State of={entry.state} />
        <Text size="xs" c="dimmed" ta="right">
          <When at={entry.at} />
        </Text>
      </Stack>
    </li>
  );
}

function Head({ entry, title, onOpen }: { entry: Entry; title: string; onOpen: Props["onOpen"] }) {
  const { id, kind } = entry;
  switch (kind) {
    case "contact":
    case "communication":
      return (
        <button type="button" className={classes.open} onClick={() => onOpen({ kind, id })}>
          {title}
        </button>
      );
    case "to-do":
      return (
        <Link to="/todos/$id" params={{ id }} className={classes.open}>
          {title}
        </Link>
      );
    default:
      return (
        <Text size="sm" fw={600} className={classes.value}>
          {title}
        </Text>
      );
  }
}

function Facts({ entry: { kind, facts } }: { entry: Entry }) {
  const t = useWords();
  const direction = kind === "communication" ? "outbound" : facts.direction;
  const Arrow = direction === "inbound" ? IconArrowDownLeft : IconArrowUpRight;
  const said = [facts.channel, facts.method, facts.role, facts.source].filter((each) => typeof each === "string");
  return (
    <Group gap={6}>
      {(direction === "inbound" || direction === "outbound") && (
        <Group gap={2} wrap="nowrap">
          <Arrow size={14} aria-hidden />
          <Text size="xs" c="dimmed">
            {t[direction]}
          </Text>
        </Group>
      )}
      <Text size="xs" c="dimmed">
        {said.join(" · ")}
      </Text>
    </Group>
  );
}
