/** The send decision as a story: each step with its verdict, in words, and what it was decided from. */
import { Badge, Group, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowRight,
  IconCheck,
  IconClock,
  IconHandStop,
  IconMinus,
  type Icon,
} from "@tabler/icons-react";

import { Empty } from "@/ui/Empty";
import { spaced } from "@/ui/states";
import { When } from "@/ui/When";

import type { Communication, Story } from "./queries";
import classes from "./Told.module.css";
import { useWords } from "./words";

const VERDICTS: Record<string, [Icon, string]> = {
  pass: [IconCheck, "pine"],
  choose: [IconArrowRight, "blue"],
  wait: [IconClock, "violet"],
  skip: [IconMinus, "gray"],
  stop: [IconHandStop, "orange"],
  error: [IconAlertTriangle, "red"],
};

interface Props {
  steps: readonly Story[];
  communications: readonly Communication[];
}

export function Told({ steps, communications }: Props) {
  const t = useWords();
  if (steps.length === 0) return <Empty title={t.noStory} />;
  const parts = Map.groupBy(steps, (step) => step.communication_id);
  return (
    <Stack gap="lg">
      {[...parts].map(([id, told]) => {
        const about = communications.find((each) => each.id === id);
        return (
          <section key={id ?? "request"}>
            <Title order={3} size="h5" mb="sm">
              {about === undefined ? t.allOf : `${about.channel} · ${about.language}`}
            </Title>
            <ol className={classes.steps}>
              {told.map((step, index) => (
                <Step key={`${step.step}:${index}`} step={step} />
              ))}
            </ol>
          </section>
        );
      })}
    </Stack>
  );
}

function Step({ step }: { step: Story }) {
  const t = useWords();
  const [Sign, colour] = VERDICTS[step.verdict] ?? [IconArrowRight, "gray"];
  const verdict = t[step.verdict as "pass"];
  const inputs = Object.entries(step.inputs);
  return (
    <li className={classes.step}>
      <ThemeIcon variant="light" radius="xl" color={colour} size={28} aria-hidden>
        <Sign size={16} />
      </ThemeIcon>
      <div>
        <Text size="sm">{step.sentence}</Text>
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            {step.step}. {spaced(step.name)} · <When at={step.at} exact />
          </Text>
          {step.verdict !== "pass" && (
            <Badge size="xs" variant="light" color={colour} tt="none">
              {verdict ?? step.verdict}
            </Badge>
          )}
        </Group>
        {inputs.length > 0 && (
          <details className={classes.inputs}>
            <summary>{t.inputs}</summary>
            <dl>
              {inputs.map(([name, value]) => (
                <Input key={name} name={name} value={value} />
              ))}
            </dl>
          </details>
        )}
      </div>
    </li>
  );
}

function Input({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{spaced(name)}</dt>
      <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
    </>
  );
}
