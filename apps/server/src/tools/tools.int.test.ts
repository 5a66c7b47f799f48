import { downloadBlob, followTask } from "@trunkline/client";
import type { EventDataOf, EventType } from "@trunkline/contract";
import { FakeProvider, readLog, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe("tools of a whole server", () => {
  let provider: FakeProvider;
  let server: ServerFixture;
  beforeAll(async () => {
    provider = await FakeProvider.start();
    server = await ServerFixture.start({ env: { ...provider.serverEnv, TRUNKLINE_APPROVALS: "never" } });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  const call = (tool: string, input: object): string => `tool: ${tool} ${JSON.stringify(input)}`;

  /** Runs a task of these lines to its end. @returns data of its events of a type. */
  async function run(lines: string[], sessionId?: string) {
    const task = await server.client.task.submit.mutate({
      prompt: [...lines, "reply: ok"].join("\n"),
      sessionId,
    });
    for await (const _event of followTask(server.client, task));
    const log = (await readLog(server.client, task.sessionId)).filter(({ taskId }) => taskId === task.taskId);
    const of = <T extends EventType>(type: T) =>
      log.flatMap((event) => (event.type === type ? [event.data as EventDataOf<T>] : []));
    return { ...task, of };
  }

  it("keep a long output whole: read in ranges by the model, downloaded by people, of this session alone", async () => {
    const long = await run([call("bash", { command: "seq 100000; echo end" })]);
    const [ended] = long.of("tool.ended");
    const { fullOutput } = ended ?? {};
    expect(ended?.output).toContain("bytes omitted");
    expect(fullOutput).toMatchObject({ mediaType: "text/plain", bytes: 588_899, name: "output.txt" });
    const output = fullOutput?.sha256.slice(0, 16) ?? "";
    expect(ended?.output.endsWith(`[whole output: read_output {"output":"${output}"}]`)).toBe(true);
    expect(await new Response(await downloadBlob(server.client, fullOutput!)).text()).toMatch(
      /^1\n2\n[^]*\n50000\n[^]*100000\nend\n$/,
    );
    const read = await run(
      [
        call("read_output", { output, offset: 50_000, limit: 2 }),
        call("read_output", { output, contains: "7777", limit: 2 }),
        call("read_output", { output: "0".repeat(16) }),
      ],
      long.sessionId,
    );
    expect(read.of("tool.ended").map((end) => end.output)).toEqual([
      "50000\n50001\n[… the output continues: read on from line 50002 …]",
      "7777\t7777\n17777\t17777\n[… the output continues: read on from line 27777 …]",
      `This session has no output ${"0".repeat(16)}, or it is gone`,
    ]);
    // Nobody's other session reads it, even if it knows the name.
    const other = await run([call("read_output", { output })]);
    expect(other.of("tool.ended")[0]?.status).toBe("failed");
    const short = await run([call("bash", { command: "seq 1000" })]);
    expect(short.of("tool.ended")[0]?.fullOutput).toBeUndefined();
  });

  it("run on in the background: read, waited for, ended, and gone with the task", async () => {
    // Open for both, so that no writer's end is an end of the file.
    const echo = 'exec 3<>go; while read -r line <&3; do echo "got $line"; done';
    const work = await run([
      call("bash", { command: "mkfifo go" }),
      call("bash", { command: echo, background: true }),
      call("bash", { command: "echo hello > go" }),
      call("processes", { action: "read", id: "p1", waitSeconds: 60, until: "got hello" }),
      call("bash", { command: "sleep 1000 & echo $! > pid; wait", background: true }),
      call("processes", { action: "list" }),
      call("processes", { action: "end", id: "p1" }),
      call("processes", { action: "read", id: "p3" }),
    ]);
    const ends = work.of("tool.ended");
    expect(ends[1]?.output).toMatch(/^p1 \(running for \d+ s\): exec 3<>go/);
    expect(ends[3]?.output).toContain("got hello");
    expect(ends[5]?.output).toMatch(/^p1 \(running for .*\np2 \(running for \d+ s\): sleep 1000/);
    expect(ends[6]?.output).toMatch(/^p1 \(ended/);
    expect(ends[7]).toMatchObject({
      status: "failed",
      output: "There is no process p3. The processes are: p1, p2",
    });
    // The next task has none of them.
    const after = await run([call("processes", { action: "list" })], work.sessionId);
    expect(after.of("tool.ended")[0]?.output).toContain("No process runs");
  });
});
