/** How urgent it is, from 1 to 9: a number in a disc, loud for the loud ones. */
import { useWords } from "./words";

import classes from "./PriorityMark.module.css";

export function PriorityMark({ priority }: { priority: number }) {
  const t = useWords();
  const loud = priority <= 2 ? "high" : priority <= 4 ? "raised" : "usual";
  return (
    <span className={`${classes.mark} ${classes[loud]}`} title={`${t.priority} ${priority}`}>
      {priority}
    </span>
  );
}
