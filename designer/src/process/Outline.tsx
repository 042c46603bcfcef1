/** The process in reading order: what the canvas shows, for eyes, ears and keys alike. */
import { ActionIcon, Badge, Group, Text, UnstyledButton } from "@mantine/core";
import { IconAlertTriangleFilled, IconPlus, IconTrash } from "@tabler/icons-react";

import { factOf, lookOf } from "./kinds";
import { useLight } from "./lights";
import classes from "./Outline.module.css";
import { stepOf } from "./queries";
import { END, type Step } from "./view";
import { useOpen, useSnapshot, useWorkshop } from "./workshop";
import { kindWord, useWords, wayWord } from "./words";

interface Props {
  onAdd: (source: string) => void;
  onRemove: () => void;
}

export function Outline({ onAdd, onRemove }: Props) {
  const t = useWords();
  const { process } = useSnapshot();
  return (
    <ol className={classes.outline} aria-label={t.outline}>
      {process.steps.map((step) => (
        <Line key={step.id} step={step} onAdd={onAdd} onRemove={onRemove} />
      ))}
    </ol>
  );
}

function Line({ step, onAdd, onRemove }: Props & { step: Step }) {
  const t = useWords();
  const open = useOpen();
  const { selected, select, problems } = useWorkshop();
  const { process } = useSnapshot();
  const look = lookOf(step.do);
  const light = useLight(step.id);
  const chosen = selected.includes(step.id);
  const own = problems.filter((each) => stepOf(each) === step.id);
  const title = (id: string) => (id === END ? t.theEnd : (process.byId.get(id)?.title ?? id));
  return (
    <li className={classes.line} data-selected={chosen || undefined}>
      <UnstyledButton className={classes.step} aria-pressed={chosen} onClick={() => select([step.id])}>
        <look.icon size={18} color={`var(--mantine-color-${look.colour}-7)`} aria-hidden />
        <span>
          <Text span fw={600} size="sm">
            {step.title}
          </Text>
          <Text span size="xs" c="dimmed" ml={8}>
            {[kindWord(t, step.do), factOf(step.do, step.fields)].filter(Boolean).join(" · ")}
          </Text>
          <span className={classes.ways}>
            {step.ways.map((way) => (
              <Badge key={way.name} size="sm" variant="default" tt="none" fw={500}>
                {way.name === "next" ? "" : `${wayWord(t, way.name)} `}→ {title(way.target)}
              </Badge>
            ))}
          </span>
          {light.mark !== null && (
            <Badge size="sm" variant={light.mark === "here" ? "filled" : "light"} tt="none" ml={8}>
              {light.mark === "here" ? t.standsHere : t.passed}
            </Badge>
          )}
          {own.map((each) => (
            <Text key={`${each.line}:${each.message}`} size="xs" c="var(--mantine-color-error)">
              <IconAlertTriangleFilled size={12} aria-hidden /> {each.message}
            </Text>
          ))}
        </span>
      </UnstyledButton>
      {chosen && open && (
        <Group gap={4} wrap="nowrap">
          <ActionIcon variant="default" aria-label={t.addStep} onClick={() => onAdd(step.id)}>
            <IconPlus size={16} />
          </ActionIcon>
          <ActionIcon variant="default" aria-label={t.remove} onClick={onRemove}>
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      )}
    </li>
  );
}
