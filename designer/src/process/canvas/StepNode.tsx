/** One step on the canvas. */
import { Tooltip } from "@mantine/core";
import { IconAlertTriangleFilled, IconMessage2 } from "@tabler/icons-react";
import { Handle, Position, type Node, type NodeProps } from "@xyflow/react";
import { memo } from "react";

import { factOf, lookOf } from "../kinds";
import { useLight } from "../lights";
import { Counts } from "./Counts";
import type { Step } from "../view";
import { kindWord, useWords } from "../words";
import classes from "./canvas.module.css";

export interface StepData extends Record<string, unknown> {
  step: Step;
  worst: "error" | "warning" | null;
  says: string;
  mark: "added" | "removed" | "changed" | null;
}

export type StepNodeType = Node<StepData, "step">;

export const StepNode = memo(function StepNode({ data, selected }: NodeProps<StepNodeType>) {
  const t = useWords();
  const { step, worst, says, mark } = data;
  const light = useLight(step.id);
  const look = lookOf(step.do);
  const fact = factOf(step.do, step.fields);
  return (
    <div
      className={classes.step}
      data-selected={selected || undefined}
      data-worst={worst ?? undefined}
      data-undo={step.part === "undo" || undefined}
      data-mark={mark ?? undefined}
      data-light={light.mark ?? undefined}
      style={{ "--kind": `var(--mantine-color-${look.colour}-6)` } as React.CSSProperties}
    >
      <Handle type="target" position={Position.Top} className={classes.handle} />
      <span className={classes.icon}>
        <look.icon size={18} stroke={1.8} aria-hidden />
      </span>
      <span className={classes.words}>
        <span className={classes.kind}>{kindWord(t, step.do) || "?"}</span>
        <span className={classes.title}>{step.title}</span>
        {fact !== "" && <span className={classes.fact}>{fact}</span>}
      </span>
      {step.comment !== "" && (
        <IconMessage2 className={classes.note} size={14} aria-label={step.comment} role="img" />
      )}
      {light.mark !== null && (
        <span className={classes.light} role="img" aria-label={light.mark === "here" ? t.standsHere : t.passed} />
      )}
      <Counts step={step.id} light={light} />
      {worst !== null && (
        <Tooltip label={says} multiline maw={320}>
          <IconAlertTriangleFilled className={classes.badge} size={18} role="img" aria-label={says} />
        </Tooltip>
      )}
      <Handle type="source" position={Position.Bottom} className={classes.handle} />
    </div>
  );
});

export interface EndData extends Record<string, unknown> {
  label: string;
  missing: boolean;
}

export type EndNodeType = Node<EndData, "end">;

export const EndNode = memo(function EndNode({ data }: NodeProps<EndNodeType>) {
  return (
    <div className={classes.loose} data-missing={data.missing || undefined}>
      <Handle type="target" position={Position.Top} className={classes.handle} />
      {data.label}
    </div>
  );
});
