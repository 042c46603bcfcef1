/** Why a communication went as it did: each step of the send decision, in words. */
import { Text, Timeline } from "@mantine/core";
import { IconArrowRight, IconCheck, IconClock, IconX, type Icon } from "@tabler/icons-react";

import type { Schemas } from "@/lib/api";
import { moment } from "@/lib/times";

import { useWords } from "./words";

const VERDICTS: Record<string, [Icon, string]> = {
  pass: [IconCheck, "pine"],
  choose: [IconArrowRight, "blue"],
  wait: [IconClock, "violet"],
  skip: [IconX, "gray"],
  stop: [IconX, "orange"],
  error: [IconX, "red"],
};

export function Story({ steps }: { steps: readonly Schemas["Story"][] }) {
  const t = useWords();
  if (steps.length === 0) return <Text c="dimmed">{t.noStory}</Text>;
  return (
    <Timeline bulletSize={24} lineWidth={2} active={steps.length}>
      {steps.map((step, index) => {
        const [Sign, colour] = VERDICTS[step.verdict] ?? [IconArrowRight, "gray"];
        return (
          <Timeline.Item key={index} color={colour} bullet={<Sign size={14} aria-hidden />}>
            <Text size="sm" fw={500}>
              {step.sentence}
            </Text>
            <Text size="xs" c="dimmed">
              {step.name.replaceAll("_", " ")} · {moment(step.at)}
            </Text>
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}
