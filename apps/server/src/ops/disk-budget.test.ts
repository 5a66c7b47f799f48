import { mkdir, rm, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { DiskBudget } from "./disk-budget.ts";

it("counts nested directories once, warns from 80 % on, and refuses new tasks from 100 % on until there is room", async () => {
  await using directory = await TemporaryDirectory.create();
  const said: string[] = [];
  const log = ((_: object, message: string) => said.push(message)) as never;
  const shared = directory.join("shared");
  await mkdir(shared);
  const budget = new DiskBudget({
    budgetBytes: 1_000_000,
    directories: [directory.path, shared, directory.path],
    logger: { info: log, warn: log, error: log },
  });
  expect(budget.usedBytes).toBeNull();
  budget.requireRoom();
  await writeFile(directory.join("a"), Buffer.alloc(500_000, 1));
  await budget.measure();
  expect(budget.state).toBe("ok");
  await writeFile(`${shared}/b`, Buffer.alloc(350_000, 1));
  await budget.measure();
  expect(budget.state).toBe("warning");
  expect(budget.usedBytes).toBeGreaterThan(850_000);
  expect(budget.usedBytes).toBeLessThan(1_000_000);
  budget.requireRoom();
  await writeFile(`${shared}/c`, Buffer.alloc(200_000, 1));
  await budget.measure();
  expect(() => budget.requireRoom()).toThrow("disk budget is used up");
  await rm(shared, { recursive: true });
  await mkdir(shared);
  await budget.measure();
  budget.requireRoom();
  await rm(shared, { recursive: true });
  await budget.measure();
  await budget.stop();
  expect(said).toEqual([
    "the disk budget is nearly used up",
    "the disk budget is used up: new tasks are refused",
    "the disk budget has room again",
  ]);
});
