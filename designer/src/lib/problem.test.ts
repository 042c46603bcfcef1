import { expect, test } from "vitest";

import { asProblem } from "./problem";

test("a problem keeps the server's sentence, its code and its fields", () => {
  const errors = [{ field: "note", message: "Too long." }];
  const problem = asProblem({ code: "invalid", detail: "No.", errors }, 422);

  expect(problem.message).toBe("No.");
  expect([problem.status, problem.code, problem.errors]).toEqual([422, "invalid", errors]);
});

test("an answer that is no problem still says what happened", () => {
  expect(asProblem("<html>", 502).message).toContain("502");
});
