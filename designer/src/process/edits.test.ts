/** What people do on the canvas, and what it makes of the text. */
import { expect, test } from "vitest";

import { read, type Splice } from "@/yaml/reading";
import { apply } from "@/yaml/splicing";

import { copied, pasted } from "./clipboard";
import { blank, connect, deleteSteps, freshId, insertStep, renameStep, replaceKind } from "./edits";
import { project, type ProcessView, type Step } from "./view";

const TEXT = `kind: process
code: CHAIN
title: A chain
steps:
  tell: {do: send, communication: OFFER, outcomes: {failed: letter}}   # by any channel
  # A week is enough.
  patience: {do: wait, for: 7 days}
  call:
    do: task
    to-do: CALL-THEM
    outcomes: {promised: patience}
  choose: {do: branch, cases: {big: {when: amount > 5, next: tell}}, otherwise: letter}
  letter: {do: end, outcome: letter}
`;

const step = (view: ProcessView, id: string): Step => {
  const found = view.byId.get(id);
  if (!found) throw new Error(id);
  return found;
};

function after(deed: (reading: ReturnType<typeof read>, view: ProcessView) => Splice[], text = TEXT) {
  const reading = read(text);
  const changed = apply(text, deed(reading, project(reading)));
  return { text: changed, view: project(read(changed)), faults: read(changed).faults };
}

const flow = (view: ProcessView) =>
  view.steps.flatMap((each) => each.ways.map((way) => `${each.id} ${way.name} ${way.target}`));

test("the ways are those that the server follows", () => {
  expect(flow(project(read(TEXT)))).toEqual([
    "tell next patience",
    "tell failed letter",
    "patience next call",
    "call next choose",
    "call promised patience",
    "choose big tell",
    "choose otherwise letter",
  ]);
});

test("a step on a way that falls through is one more block, nothing else", () => {
  const { text, view } = after((r, v) =>
    insertStep(r, v, { step: "patience", way: "next" }, "pause", blank("wait", null)),
  );

  expect(text.replace("  pause: {do: wait, for: 1 day}\n", "")).toBe(TEXT);
  expect(flow(view)).toContain("patience next pause");
  expect(flow(view)).toContain("pause next call");
});

test("a step on an outcome's way leaves every other way as it was", () => {
  const { view, faults } = after((r, v) =>
    insertStep(r, v, { step: "call", way: "promised" }, "pause", blank("wait", null)),
  );

  expect(faults).toEqual([]);
  expect(flow(view).filter((each) => !/pause/.test(each))).toEqual(
    flow(project(read(TEXT))).filter((each) => each !== "call promised patience"),
  );
  expect(flow(view)).toContain("call promised pause");
  expect(flow(view)).toContain("pause next patience");
});

test("a step that goes lets its neighbours meet", () => {
  const { text, view } = after((r, v) => deleteSteps(r, v, ["patience"]));

  expect(flow(view)).toContain("tell next call");
  expect(flow(view)).toContain("call promised call");
  expect(text).not.toContain("A week is enough");
});

test("an end that goes takes the outcomes that led to it along", () => {
  const { view } = after((r, v) => deleteSteps(r, v, ["letter"]));

  expect(flow(view)).not.toContain("tell failed letter");
  expect(flow(view)).toContain("choose otherwise letter");
});

test("all steps can go", () => {
  const { faults, view } = after((r, v) => deleteSteps(r, v, v.steps.map((each) => each.id)));

  expect(faults).toEqual([]);
  expect(view.steps).toEqual([]);
});

test("a new name is followed everywhere", () => {
  const { text, view } = after((r, v) => renameStep(r, v, step(v, "patience"), "a-week"));

  expect(text).not.toContain("patience");
  expect(flow(view)).toContain("call promised a-week");
});

test("connecting to what stands below writes nothing that needs not be written", () => {
  const there = after((r, v) => connect(r, step(v, "patience"), "next", "letter"));
  const back = after((r, v) => connect(r, step(v, "patience"), "next", "call"), there.text);

  expect(flow(there.view)).toContain("patience next letter");
  expect(back.text).toBe(TEXT);
});

test("an outcome that had no way gets one", () => {
  const { view } = after((r, v) => connect(r, step(v, "call"), "refused", "letter"));

  expect(flow(view)).toContain("call refused letter");
});

test("a first step can be put into an empty process", () => {
  const bare = "kind: process\ncode: X\ntitle: X\nsteps: {}\n";
  const { view, faults } = after((r, v) => insertStep(r, v, null, "tell", { do: "send" }), bare);

  expect(faults).toEqual([]);
  expect(view.steps.map((each) => each.id)).toEqual(["tell"]);
});

test("names are never given twice", () => {
  expect(freshId(project(read(TEXT)), "call")).toBe("call-2");
  expect(freshId(project(read(TEXT)), "end")).toBe("end-2");
});

test("what is pasted keeps its comments and inner ways, under names of its own", () => {
  const { text, view, faults } = after((r, v) => {
    const clip = copied(r, v, ["patience", "call"]);
    return pasted(r, v, "choose", clip)?.splices ?? [];
  });

  expect(faults).toEqual([]);
  expect(text.match(/# A week is enough/g)).toHaveLength(2);
  expect(flow(view)).toContain("call-2 promised patience-2");
  expect(flow(view)).toContain("call promised patience");
});

test("what is no step is not pasted", () => {
  const reading = read(TEXT);

  expect(pasted(reading, project(reading), "call", "Dear Sir: hello")).toBeNull();
});

test("a step that becomes another kind keeps what the new kind knows, and its comments", () => {
  const known = new Set(["do", "title", "next", "outcomes", "communication"]);
  const { text, faults } = after((r, v) => replaceKind(r, step(v, "call"), "send", known));

  expect(faults).toEqual([]);
  expect(text).toBe(TEXT.replace("do: task\n    to-do: CALL-THEM\n", "do: send\n"));
});
