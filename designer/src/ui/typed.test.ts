import { expect, test } from "vitest";

import { filled } from "./typed";
import type { Shape } from "./Values";

const shape = (name: string, type: Shape["type"], parts: Shape[] = []): Shape => ({
  name,
  type,
  label: null,
  currency: null,
  parts,
});

test("what is typed becomes what the server reads, and what is empty is left out", () => {
  const shapes = [shape("bill.amount", "money"), shape("count", "number"), shape("note", "text"), shape("on", "date")];
  const typed = { "bill.amount": "186,40", count: "3", note: "", on: "2026-03-02" };

  expect(filled(shapes, typed)).toEqual({ "bill.amount": "186.40", count: 3, on: "2026-03-02" });
});

test("what is no number stays as it stands, for the server to say so", () => {
  expect(filled([shape("count", "number")], { count: "many" })).toEqual({ count: "many" });
});

test("lists and objects keep their parts", () => {
  const lines = shape("lines", "list", [shape("amount", "money"), shape("text", "text")]);

  expect(filled([lines], { lines: [{ amount: "1", text: "a" }, {}] })).toEqual({ lines: [{ amount: "1", text: "a" }, {}] });
});
