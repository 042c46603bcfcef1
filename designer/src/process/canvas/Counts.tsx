/** How many instances stand at a step, by how they fare; each number leads to them. */
import { IconAlertTriangleFilled, IconClock, IconPlayerPlayFilled } from "@tabler/icons-react";
import { useContext } from "react";

import { LightsContext, type Light } from "../lights";
import { useWords } from "../words";
import classes from "./canvas.module.css";

const STATES = [
  ["running", IconPlayerPlayFilled],
  ["waiting", IconClock],
  ["failed", IconAlertTriangleFilled],
] as const;

export function Counts({ step, light }: { step: string; light: Light }) {
  const t = useWords();
  const { hrefOf } = useContext(LightsContext);
  const shown = STATES.filter(([state]) => light[state] > 0);
  if (shown.length === 0) return null;
  return (
    <span className={classes.counts}>
      {shown.map(([state, Sign]) => {
        const words = t.countOf(light[state], t[state]);
        const inside = (
          <>
            <Sign size={11} aria-hidden />
            {light[state]}
          </>
        );
        return hrefOf === null ? (
          <span key={state} className={classes.count} data-of={state} role="img" aria-label={words}>
            {inside}
          </span>
        ) : (
          <a key={state} className={`${classes.count} nodrag nopan`} data-of={state} title={words} aria-label={words} href={hrefOf(step)}>
            {inside}
          </a>
        );
      })}
    </span>
  );
}
