import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { readCosts } from "./read-costs.ts";

async function write(days: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "costs-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [day, text] of Object.entries(days)) {
    await mkdir(join(directory, day));
    await writeFile(join(directory, day, "records.jsonl"), text);
  }
  return directory;
}

it("sums by session over days", async () => {
  const line = (record: object): string => `${JSON.stringify(record)}\n`;
  const directory = await write({
    "2025-10-01":
      line({
        session_id: "a",
        provider: "p",
        model: "m 1",
        input_tokens: 1,
        output_tokens: 2,
        total_cost: 0.5,
      }) +
      line({ session_id: "", input_tokens: 7 }) +
      line({ session_id: null, output_tokens: 8 }),
    "2025-10-02":
      line({
        session_id: "a",
        provider: "p",
        model: "m 1",
        input_tokens: 10,
        output_tokens: -5,
        total_cost: "x",
      }) +
      line({ session_id: "b", model: "n", input_tokens: 3, output_tokens: 4, total_cost: 0.25 }) +
      '\n[1]\n{"session_id": "a", "inp',
  });
  await mkdir(join(directory, "empty-day"));
  await writeFile(join(directory, "summary.txt"), "not a day");
  const costs = await readCosts(directory);
  expect(Object.fromEntries(costs.bySession)).toEqual({
    a: { calls: 2, inputTokens: 11, outputTokens: 2, costUsd: 0.5, models: ["p:m-1"] },
    b: { calls: 1, inputTokens: 3, outputTokens: 4, costUsd: 0.25, models: ["n"] },
  });
  expect(costs.withoutSession).toMatchObject({ calls: 2, inputTokens: 7, outputTokens: 8 });
  expect(costs.unreadableLines).toBe(2);
});

it("fails where there is no directory", async () => {
  await expect(readCosts("/nowhere")).rejects.toMatchObject({ code: "ENOENT" });
});
