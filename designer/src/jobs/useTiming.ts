/** When a job runs by itself, in one sentence. */
import type { Timetable } from "./queries";
import { useWords } from "./words";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export function useTiming(): (timetable: Timetable | null) => string {
  const t = useWords();
  return (timetable) => {
    const { timing, window, after = [] } = timetable ?? {};
    const said: string[] = [];
    if (timing?.every) said.push(t.every(timing.every));
    if (timing?.at && timing.at.length > 0) {
      const days = timing.on?.length === DAYS.length ? t.daily : (timing.on ?? []).map((day) => t[day]).join(", ");
      said.push(`${t.at(timing.at.join(", "), days)}, ${timing.zone}`);
    }
    if (window) said.push(t.window(window.from, window.until, window.zone ?? ""));
    if (after.length > 0) said.push(t.after(after.map(({ job }) => job).join(", ")));
    return said.length === 0 ? t.byHand : said.join(" · ");
  };
}
