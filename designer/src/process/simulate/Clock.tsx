/** The clock of a simulation: from one thing that happens to the next, or on by some time. */
import { ActionIcon, Button, Group, Text, Tooltip } from "@mantine/core";
import { IconPlayerSkipBack, IconPlayerSkipForward, IconPlayerTrackNext, IconPlayerTrackPrev, type Icon } from "@tabler/icons-react";

import { momentIn } from "@/lib/times";

import classes from "./Panel.module.css";
import { isOver, momentsOf, type Story } from "./play";
import { useSimulateWords } from "./words";

const HOUR = 3_600_000;

interface Props {
  story: Story;
  now: number;
  onMove: (now: number) => void;
}

export function Clock({ story, now, onMove }: Props) {
  const t = useSimulateWords();
  const moments = momentsOf(story);
  const before = moments.findLast((each) => each < now);
  const next = moments.find((each) => each > now);
  const over = isOver(story, now);
  return (
    <div className={classes.clock} role="group" aria-label={t.clock}>
      <Group gap={4} wrap="nowrap">
        <Move label={t.first} icon={IconPlayerSkipBack} to={before === undefined ? undefined : moments[0]} onMove={onMove} />
        <Move label={t.back} icon={IconPlayerTrackPrev} to={before} onMove={onMove} />
        <Move label={t.forth} icon={IconPlayerTrackNext} to={next} onMove={onMove} />
        <Move label={t.last} icon={IconPlayerSkipForward} to={next === undefined ? undefined : moments.at(-1)} onMove={onMove} />
        {!over && (
          <>
            <Button size="compact-xs" variant="default" ml="auto" onClick={() => onMove(now + HOUR)}>
              {t.hourOn}
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => onMove(now + 24 * HOUR)}>
              {t.dayOn}
            </Button>
          </>
        )}
      </Group>
      <Text size="sm" fw={600} mt={4} aria-live="polite">
        {momentIn(new Date(now).toISOString(), story.time_zone)}{" "}
        <Text span size="xs" c="dimmed" fw={400}>
          {story.time_zone}
        </Text>
      </Text>
    </div>
  );
}

interface MoveProps {
  label: string;
  icon: Icon;
  to: number | undefined;
  onMove: (now: number) => void;
}

function Move({ label, icon: Sign, to, onMove }: MoveProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={30} aria-label={label} disabled={to === undefined} onClick={() => to !== undefined && onMove(to)}>
        <Sign size={16} stroke={1.8} />
      </ActionIcon>
    </Tooltip>
  );
}
