import { expect, test } from "vitest";

import { before, dayOf, from, several, texts } from "./search";

test("an address gives its texts, whatever else stands in it", () => {
  const read = texts("state", "person");

  expect(read({ state: "held,error", person: 417, other: "x" })).toEqual({ state: "held,error", person: "417" });
  expect(read({ state: "" })).toEqual({});
});

test("a day is meant from its beginning to its end", () => {
  const day = new Date("2026-03-01T00:00").toISOString();
  const next = new Date("2026-03-02T00:00").toISOString();

  expect([from("2026-03-01"), before("2026-03-01")]).toEqual([day, next]);
  expect(dayOf(day)).toBe("2026-03-01");
});

test("an instant is meant to the second, and nonsense is not meant at all", () => {
  expect(from("2026-03-01T10:00:00Z")).toBe("2026-03-01T10:00:00.000Z");
  expect(from("soon")).toBeUndefined();
  expect(several(undefined)).toBeUndefined();
});
