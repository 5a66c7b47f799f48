import { expect, it } from "vitest";
import type { Store, UsageSum } from "../store/port.ts";
import { createUsageService } from "./usage.ts";

const alice = { userId: "alice", name: "alice", scopes: ["read" as const] };
const sum = (key: string | null): UsageSum => ({
  key,
  steps: 1,
  inputTokens: 5,
  outputTokens: 5,
  cachedInputTokens: 0,
  costUsd: 0,
  unpricedSteps: 0,
});

it.each([
  ["one engine", ["b", "c", null, "a"]],
  ["another", ["a", null, "c", "b"]],
])("equal rows come in the same order, whatever that of %s is", async (_, keys) => {
  const usage = { sums: async () => keys.map(sum) };
  const service = createUsageService({ store: { usage } as unknown as Store, now: () => 86_400_000 });
  const query = { by: "model" as const, everybody: false, utcOffsetMinutes: 0, from: 0, to: 1_000 };
  const { items, omitted } = await service.query(alice, { ...query, limit: 3 });
  expect(items.map(({ key }) => key)).toEqual([null, "a", "b"]);
  expect(omitted).toBe(1);
});
