import { expect, test } from "vitest";

import { keyAt, spotAt } from "./place";

const TEXT = `kind: process
steps:
  # first
  tell:
    do: send
    communication: OVER
    out`;

test("a key is proposed below the step it belongs to", () => {
  expect(spotAt(TEXT, TEXT.length)).toMatchObject({ path: ["steps", "tell"], key: null, typed: "out" });
});

test("a value is proposed for the key of its line", () => {
  const at = TEXT.indexOf("OVER") + 4;

  expect(spotAt(TEXT, at)).toMatchObject({ path: ["steps", "tell"], key: "communication", typed: "OVER" });
});

test("nothing is proposed in a comment", () => {
  expect(spotAt(TEXT, TEXT.indexOf("first"))).toBeNull();
});

test("a key knows its path", () => {
  expect(keyAt(TEXT, TEXT.indexOf("do: send"))?.path).toEqual(["steps", "tell", "do"]);
});
