/** Instants as people read them, in their own zone. */
import { currentLanguage } from "./words";

export function moment(instant: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(instant),
  );
}

/** The time of day of an instant that is near. */
export function clock(instant: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), { timeStyle: "short" }).format(new Date(instant));
}

/** A day as it is written on a letter; it has no zone. */
export function day(written: string): string {
  const at = new Date(`${written}T00:00:00Z`);
  const format = new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium", timeZone: "UTC" });
  return Number.isNaN(at.getTime()) ? written : format.format(at);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(instant: string, now = Date.now()): string {
  const seconds = Math.round((new Date(instant).getTime() - now) / 1000);
  const format = new Intl.RelativeTimeFormat(currentLanguage(), { numeric: "auto" });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(0, "minute");
}

/** An instant as people read it who live in some zone. */
export function momentIn(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat(currentLanguage(), { dateStyle: "medium", timeStyle: "short", timeZone }).format(
    new Date(instant),
  );
}
