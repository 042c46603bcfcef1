/** A simulation as a play with a clock: what has happened by a moment, and what can be answered then. */
import type { Schemas } from "@/lib/api";
import type { Value } from "@/yaml/writing";

import { wayKey, type Light } from "../lights";

export type Story = Schemas["Simulation"];
export type Visit = Schemas["StepTold"];
export type Sent = Schemas["SendTold"];
export type Task = Schemas["TaskTold"];

export interface Answered {
  outcome: string;
  after?: string;
  values?: Record<string, Value>;
  reason?: string;
}

/** What happens from outside, in the words of a saved case. */
export interface Script {
  start: string;
  sample: string | null;
  person: string | null;
  events: { event: string; after: string; data: Record<string, Value> }[];
  answers: Record<string, Answered[]>;
}

const MINUTE = 60_000;

export const at = (instant: string) => new Date(instant).getTime();

/** Every moment at which something happens, in order. */
export function momentsOf(story: Story): number[] {
  const told = story.path.flatMap((each) => [each.entered_at, each.left_at]);
  const sent = story.sends.map((each) => each.left_at);
  const all = [story.started_at, ...told, ...sent, ...story.events.map((each) => each.at)];
  return [...new Set(all.flatMap((each) => (each === null ? [] : [at(each)])))].toSorted((a, b) => a - b);
}

export function hasLeft(visit: Visit, now: number): boolean {
  return visit.left_at !== null && at(visit.left_at) <= now;
}

/** The visits up to a moment. */
export function visitsBy(story: Story, now: number): Visit[] {
  return story.path.filter((each) => at(each.entered_at) <= now);
}

/** Where it stands at a moment. */
export function standingAt(story: Story, now: number): Visit[] {
  return visitsBy(story, now).filter((each) => each.process === story.code && !hasLeft(each, now));
}

export function sendsBy(story: Story, now: number): Sent[] {
  return story.sends.filter((each) => at(each.asked_at) <= now);
}

export function isOver(story: Story, now: number): boolean {
  return story.ended_at !== null && at(story.ended_at) <= now;
}

/** The steps and ways that a simulation lights up by a moment. */
export function lightsOf(story: Story, now: number) {
  const steps = new Map<string, Light>();
  const ways = new Set<string>();
  for (const visit of visitsBy(story, now)) {
    if (visit.process !== story.code) continue;
    const left = hasLeft(visit, now);
    steps.set(visit.step, { mark: left ? "passed" : "here", running: 0, waiting: 0, failed: 0 });
    if (left && visit.way !== null) ways.add(wayKey(visit.step, visit.way));
  }
  return { steps, ways };
}

const UNITS: [string, number][] = [
  ["day", 1440],
  ["hour", 60],
  ["minute", 1],
];

/** A length of time as a case writes it: `3 days`. */
export function spanOf(from: number, to: number): string {
  const minutes = Math.max(0, Math.round((to - from) / MINUTE));
  const [unit, length] = UNITS.find(([, size]) => minutes > 0 && minutes % size === 0) ?? ["minute", 1];
  const count = minutes / length;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** Tell an event at a moment; what was told for later does not happen then. */
export function withEvent(script: Script, story: Story, now: number, event: string, data: Record<string, Value>): Script {
  const begun = at(story.started_at);
  const told = { event, after: spanOf(begun, now), data };
  return { ...script, events: [...script.events, told] };
}

/** Answer a step that stands at a moment. */
export function withAnswer(script: Script, visit: Visit, now: number, answer: Answered, story: Story): Script {
  const before = script.answers[visit.step] ?? [];
  // An earlier visit that nobody answered came out by itself; it must come out so again.
  const earlier = story.path.filter((each) => each.step === visit.step && each.visit < visit.visit);
  const filled = earlier.map((each, index) => before[index] ?? { outcome: each.outcome ?? each.way ?? "done" });
  const span = spanOf(at(visit.entered_at), now);
  const said = span.startsWith("0 ") ? answer : { ...answer, after: span };
  return { ...script, answers: { ...script.answers, [visit.step]: [...filled, said] } };
}

/** The saved case that must come out as this simulation does. */
export function caseOf(script: Script, story: Story, title: string): { [key: string]: Value } {
  const standing = story.path.filter((each) => each.left_at === null && each.process === story.code);
  const stands = standing[0]?.step;
  const path = story.path.filter((each) => each.left_at !== null && each.process === story.code);
  const left = path.toSorted((a, b) => at(a.left_at ?? "") - at(b.left_at ?? ""));
  return {
    title,
    sample: script.sample ?? "",
    start: script.start.replace("T", " "),
    ...(script.events.length > 0 ? { events: script.events.map(tellingOf) } : {}),
    ...(Object.keys(script.answers).length > 0 ? { answers: answersOf(script) } : {}),
    expect: {
      ...(story.ended_at !== null && story.outcome !== null ? { outcome: story.outcome } : stands ? { stands } : {}),
      ...(story.kind === "process" ? { path: left.map((each) => each.step) } : {}),
      sends: story.sends.map((each) => ({
        communication: each.communication,
        outcome: each.outcome,
        ...(each.channel === null ? {} : { channel: each.channel }),
        ...(each.language === null ? {} : { language: each.language }),
      })),
    },
  };
}

function tellingOf({ event, after, data }: Script["events"][number]): Value {
  return { event, after, ...(Object.keys(data).length > 0 ? { data } : {}) };
}

function answersOf({ answers }: Script): { [key: string]: Value } {
  return Object.fromEntries(
    Object.entries(answers).map(([step, said]) => [step, said.map((each) => ({ ...each }) as unknown as Value)]),
  );
}

/** What somebody typed, as the type of its field has it. */
export function valueOf(text: string, type: string | undefined): Value {
  if ((type === "number" || type === "money") && Number.isFinite(Number(text))) return Number(text);
  if (type === "boolean" && ["true", "false"].includes(text)) return text === "true";
  return text;
}
