/** A bar an hour. Its figures are said aloud; the pointer shows each. */
import { currentLanguage } from "@/lib/words";

import classes from "./Bars.module.css";
import { useWords } from "./words";

interface Props {
  title: string;
  hours: readonly { since: string; figure: number }[];
  bad?: boolean;
}

const HEIGHT = 44;
const STEP = 10;

function clock(at: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

export function Bars({ title, hours, bad = false }: Props) {
  const t = useWords();
  const most = Math.max(1, ...hours.map(({ figure }) => figure));
  const said = t.byHour(title, hours.map(({ since, figure }) => t.hour(clock(since), figure)).join(", "));
  return (
    <svg
      className={classes.bars}
      viewBox={`0 0 ${hours.length * STEP} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={said}
    >
      {hours.map(({ since, figure }, index) => {
        const height = figure === 0 ? 1 : Math.max(3, (figure / most) * HEIGHT);
        return (
          <rect
            key={since}
            x={index * STEP + 1}
            y={HEIGHT - height}
            width={STEP - 2}
            height={height}
            className={figure === 0 ? classes.ground : bad ? classes.bad : classes.bar}
          >
            <title>{t.hour(clock(since), figure)}</title>
          </rect>
        );
      })}
    </svg>
  );
}
