/** The clock of a simulation, and the case that it becomes. */
import { expect, test } from "vitest";

import { caseOf, lightsOf, momentsOf, spanOf, standingAt, withAnswer, withEvent, type Script, type Story, type Visit } from "./play";

const HOUR = 3_600_000;
const BEGUN = "2026-05-01T08:00:00Z";

function visit(step: string, entered: string, left: string | null, way: string | null = "next"): Visit {
  return {
    process: "P", step, title: step, visit: 1, entered_at: entered, left_at: left, way: left === null ? null : way,
    outcome: null, reason: null, waiting_for: null, until: null, used: {}, detail: {},
  };
}

const STORY: Story = {
  code: "P", kind: "process", time_zone: "Europe/London", started_at: BEGUN, ended_at: null, state: "waiting",
  outcome: null, reason: null, sends: [], tasks: [], events: [], unanswered: ["call"],
  path: [visit("tell", BEGUN, BEGUN), visit("hear", BEGUN, "2026-05-03T08:00:00Z", "silence"), visit("call", "2026-05-03T08:00:00Z", null)],
};
const SCRIPT: Script = { start: "2026-05-01T09:00", sample: "ana", person: null, events: [], answers: {} };

test("the clock goes from one thing that happens to the next", () => {
  const [first = 0, last = 0] = momentsOf(STORY);

  expect(momentsOf(STORY)).toHaveLength(2);
  expect(standingAt(STORY, first).map((each) => each.step)).toEqual(["hear"]);
  expect(standingAt(STORY, last).map((each) => each.step)).toEqual(["call"]);
});

test("what has been left is lit with the way it was left by", () => {
  const { steps, ways } = lightsOf(STORY, momentsOf(STORY)[0] ?? 0);

  expect([...steps].map(([id, { mark }]) => [id, mark])).toEqual([["tell", "passed"], ["hear", "here"]]);
  expect([...ways]).toEqual(["tell\u0000next"]);
});

test.each([[0, "0 minutes"], [1, "1 hour"], [24, "1 day"], [36, "36 hours"], [0.5, "30 minutes"]])(
  "%s hours are written %s",
  (hours, written) => {
    expect(spanOf(0, hours * HOUR)).toBe(written);
  },
);

test("an event and an answer are told as long after as the clock stands", () => {
  const now = new Date(BEGUN).getTime() + 26 * HOUR;
  const call = { ...visit("call", BEGUN, null), visit: 2 };

  expect(withEvent(SCRIPT, STORY, now, "read", { value: 7 }).events).toEqual([
    { event: "read", after: "26 hours", data: { value: 7 } },
  ]);
  expect(withAnswer(SCRIPT, call, now, { outcome: "promised" }, { ...STORY, path: [visit("call", BEGUN, BEGUN, "again"), call] }).answers).toEqual({
    call: [{ outcome: "again" }, { outcome: "promised", after: "26 hours" }],
  });
});

test("a case expects the path that was taken and where it stands", () => {
  expect(caseOf(SCRIPT, STORY, "Nobody answers")).toEqual({
    title: "Nobody answers", sample: "ana", start: "2026-05-01 09:00",
    expect: { stands: "call", path: ["tell", "hear"], sends: [] },
  });
});
