import type { SessionEvent, Task } from "@trunkline/contract";
import { assertLogHolds } from "@trunkline/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunInput, RunOutcome, Subagent } from "../agent/port.ts";
import { ManualClock } from "../approvals/testing/manual-clock.ts";
import { TemporaryDirectory } from "../store/testing/temporary-directory.ts";
import { askingScript } from "./testing/asking-script.ts";
import {
  alice,
  APPROVAL_TIMEOUT_MS,
  done,
  isTerminalEventOf,
  openScriptedServer,
  type Script,
  type ScriptedServer,
} from "./testing/scripted-server.ts";

describe("a task that waits for its subagents", () => {
  let directory: TemporaryDirectory;
  let server: ScriptedServer;
  let clock: ManualClock;
  /** Starts those that the log does not have yet, and waits for those that have not ended. */
  const waitsFor =
    (prompts: readonly string[], beforeWaiting: (children: readonly Subagent[]) => Promise<void>): Script =>
    async (input) => {
      const known = await subagentsOf(input);
      if (known.ended > 0) return done(`${known.ended} ended`);
      const children = [...known.started];
      for (const prompt of prompts.slice(children.length)) {
        const ids = { callId: prompt, sessionId: crypto.randomUUID(), taskId: crypto.randomUUID() };
        await input.sink.append([{ type: "subagent.started", data: ids }]);
        children.push(ids);
        const request = { callId: prompt, title: prompt, prompt, mayChange: true };
        await input.subagents?.start(ids, request, { readsUntrusted: false, rules: [] });
      }
      await beforeWaiting(children);
      return { type: "input-required", approvals: [], questions: [], children } satisfies RunOutcome;
    };
  const scripts = new Map<string, Script>([
    ["asks", askingScript("one")],
    ["parent of one", waitsFor(["asks"], async () => {})],
    ["parent of two", waitsFor(["quick", "asks"], async () => {})],
    [
      "parent of a quick one",
      waitsFor(["quick"], async ([child]) => {
        await server.until(child!.sessionId, isTerminalEventOf(child!.taskId));
      }),
    ],
  ]);
  beforeEach(async () => {
    directory = await TemporaryDirectory.create();
    clock = new ManualClock();
    server = await openScriptedServer(directory.path, scripts, 4, clock);
  });
  afterEach(async () => {
    await server.close();
    await directory[Symbol.asyncDispose]();
  });

  const isOf = (type: SessionEvent["type"]) => (event: SessionEvent) => event.type === type;
  async function endOf({ id, sessionId }: Task): Promise<SessionEvent[]> {
    const events = await server.until(sessionId, isTerminalEventOf(id));
    assertLogHolds(events);
    return events;
  }
  async function childOf({ sessionId }: Task, prompt = "asks"): Promise<Subagent> {
    const events = await server.until(
      sessionId,
      (event) => event.type === "subagent.started" && event.data.callId === prompt,
    );
    const started = events.find((event) => event.type === "subagent.started" && event.data.callId === prompt);
    return started!.data as Subagent;
  }

  it("goes on when the request of one expires, and its child with it", async () => {
    const parent = await server.submit("parent of one");
    const child = await childOf(parent);
    await server.until(child.sessionId, isOf("task.input-required"));
    await server.until(parent.sessionId, isOf("task.input-required"));
    clock.advance(APPROVAL_TIMEOUT_MS);
    await endOf(parent);
    const asked = (await server.log.read(child.sessionId, { limit: 100 })).events;
    expect(asked.map(({ type }) => type)).toContain("approval.expired");
    expect(await server.tasks.get(alice, { taskId: parent.id })).toMatchObject({ state: "completed" });
  });

  it("goes on although one ended before it waited", async () => {
    const parent = await server.submit("parent of a quick one");
    const events = await endOf(parent);
    expect(events.filter(isOf("subagent.ended"))).toHaveLength(1);
  });

  it("waits for all of them, over a restart, and hears of each once", async () => {
    const parent = await server.submit("parent of two");
    const child = await childOf(parent);
    await server.until(child.sessionId, isOf("task.input-required"));
    await server.until(parent.sessionId, isOf("subagent.ended"));
    expect(await server.store.tasks.get(parent.id)).toMatchObject({ children: [{ taskId: child.taskId }] });
    await server.close();
    server = await openScriptedServer(directory.path, scripts, 4, clock);
    const [approval] = (await server.sessions.get(alice, { sessionId: parent.sessionId })).approvals;
    await server.approvals.answer(alice, { approvalId: approval?.id ?? "", decision: "allow" });
    const events = await endOf(parent);
    expect(events.filter(isOf("subagent.ended"))).toHaveLength(2);
    expect((await server.tasks.get(alice, { taskId: parent.id })).result).toBe("2 ended");
  });
});

async function subagentsOf({ log }: RunInput): Promise<{ started: Subagent[]; ended: number }> {
  const started: Subagent[] = [];
  let ended = 0;
  for await (const event of log.ofTypes(["subagent.started", "subagent.ended"])) {
    if (event.type === "subagent.started") started.push(event.data);
    else ended += 1;
  }
  return { started, ended };
}
