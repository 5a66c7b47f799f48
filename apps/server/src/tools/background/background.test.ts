import { readFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { isProcessAlive } from "@trunkline/testkit";
import { describe, expect, it } from "vitest";
import { ToolBench } from "../testing/tool-bench.ts";
import { RecentOutput } from "./recent-output.ts";

describe("a command in the background", () => {
  it("ends with its task, with all that it started, and leaves no record", async () => {
    await using bench = await ToolBench.create({ graceMs: 300, forceMs: 60_000 });
    const taskId = randomUUID();
    const command = "trap '' TERM; sleep 1000 & echo $! > child; echo ready; wait";
    const { output } = await bench.call("bash", { command, background: true }, { taskId });
    const read = { action: "read", id: "p1", waitSeconds: 60, until: "ready" };
    if (!output.includes("ready")) await bench.call("processes", read, { taskId });
    const pid = Number(await readFile(bench.path("child"), "utf8"));
    expect(isProcessAlive(pid)).toBe(true);
    expect(bench.records).toHaveLength(1);
    expect(await bench.processes.endAll(taskId)).toBe(1);
    expect(isProcessAlive(pid)).toBe(false);
    expect([bench.records, bench.processes.of(taskId)]).toEqual([[], []]);
  });

  it("is one of eight at most, and of its own task", async () => {
    await using bench = await ToolBench.create();
    const [taskId, other] = [randomUUID(), randomUUID()];
    const start = async () => bench.call("bash", { command: "sleep 1000", background: true }, { taskId });
    const started = await Promise.allSettled(Array.from({ length: 9 }, start));
    expect(started.filter(({ status }) => status === "rejected")).toMatchObject([
      { reason: { message: "8 processes run in the background already: end one first" } },
    ]);
    expect((await bench.call("processes", { action: "list" }, { taskId: other })).output).toContain(
      "No process",
    );
    expect(await bench.processes.endAll(taskId)).toBe(8);
  });

  it("writes no secret", async () => {
    await using bench = await ToolBench.create(undefined, ["sk-canary-0123456789"]);
    const taskId = randomUUID();
    const { output } = await bench.call(
      "bash",
      { command: "printf sk-can; printf ary-0123456789", background: true },
      { taskId },
    );
    const { output: rest } = await bench.call(
      "processes",
      { action: "read", id: "p1", waitSeconds: 60, until: "[redacted]" },
      { taskId },
    );
    expect(output + rest).toContain("[redacted]");
    expect(output + rest).not.toMatch(/canary/);
  });
});

describe("output since it was last read", () => {
  it("comes once, in whole characters, and says what is gone", () => {
    const output = new RecentOutput(10);
    const euro = Buffer.from("€");
    output.push(Buffer.concat([Buffer.from("ab"), euro.subarray(0, 1)]));
    expect(output.take(false)).toEqual({ text: "ab", omittedBytes: 0 });
    output.push(euro.subarray(1));
    expect(output.peek()).toBe("€");
    expect(output.take(false)).toEqual({ text: "€", omittedBytes: 0 });
    expect([output.hasUnread, output.take(false).text]).toEqual([false, ""]);
    output.push(Buffer.from("0123456789abcdef"));
    expect(output.take(true)).toEqual({ text: "6789abcdef", omittedBytes: 6 });
  });
});
