import { expect, it } from "vitest";
import { changedFields } from "./changed-fields.ts";

it("has what differs, also below", () => {
  const start = { name: "app", hosts: ["a"], transport: { headers: { A: null } }, setup: "npm ci" };
  const next = { name: "app", hosts: ["a", "b"], transport: { headers: { A: "new" } }, setup: null };
  expect(changedFields<object>(start, next)).toEqual({
    hosts: ["a", "b"],
    transport: { headers: { A: "new" } },
    setup: null,
  });
  expect(changedFields(start, structuredClone(start))).toEqual({});
  const month = { tokens: 1, costUsd: 2 };
  expect(changedFields({ month }, { month: { costUsd: 2, tokens: 1 } })).toEqual({});
});
