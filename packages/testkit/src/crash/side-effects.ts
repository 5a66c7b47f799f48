import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { SessionEvent } from "@trunkline/contract";
import { type Acknowledged, STEPS_PER_TASK } from "./workload.ts";

/** A tool that ended `succeeded` ran exactly once; an interrupted one at most once; none twice. */
export async function assertSideEffectsOnce(
  task: Acknowledged,
  workspace: string,
  log: readonly SessionEvent[],
): Promise<void> {
  const lines = await readLines(join(workspace, task.file));
  for (let step = 1; step <= STEPS_PER_TASK; step++) {
    const count = lines.filter((line) => line === `step-${step}`).length;
    const status = statusOf(log, task, step);
    const where = `${task.file}, step ${step}, tool call ${status ?? "never made"}`;
    if (status === "succeeded") assert.equal(count, 1, where);
    else assert.ok(count <= 1, `${where}: ${count} lines`);
  }
}

function statusOf(log: readonly SessionEvent[], task: Acknowledged, step: number): string | undefined {
  const called = log.find(
    (event) =>
      event.type === "tool.called" &&
      event.taskId === task.taskId &&
      JSON.stringify(event.data.input).includes(`step-${step} `),
  );
  if (called?.type !== "tool.called") return undefined;
  const { callId } = called.data;
  const ended = log.find((event) => event.type === "tool.ended" && event.data.callId === callId);
  return ended?.type === "tool.ended" ? ended.data.status : undefined;
}

async function readLines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
