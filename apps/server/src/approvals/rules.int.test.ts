import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import type { Approval, EventType, SessionEvent, SubmitTaskOutput } from "@trunkline/contract";
import { assertLogHolds, readLog, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";

let config: Awaited<ReturnType<typeof mkdtempDisposable>>;
let server: ServerFixture;
beforeAll(async () => {
  config = await mkdtempDisposable(join(tmpdir(), "trunkline-rules-"));
  const file = join(config.path, "trunkline.config.json");
  await writeFile(file, JSON.stringify({ rules: [{ effect: "deny", tool: "bash", pattern: "curl *" }] }));
  server = await ServerFixture.start({
    env: { TRUNKLINE_APPROVALS: "always", TRUNKLINE_CONFIG_FILE: file },
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await config.remove();
});

async function until(task: SubmitTaskOutput, ...types: EventType[]): Promise<SessionEvent> {
  for await (const event of followTask(server.client, task)) if (types.includes(event.type)) return event;
  throw new Error(`the task ended without ${types.join(" and ")}`);
}

/** @returns what the task asks first. */
async function asked(prompt: string, sessionId?: string): Promise<Approval> {
  const task = await server.client.task.submit.mutate({ prompt, sessionId });
  await until(task, "task.input-required");
  const [approval] = (await server.client.approval.list.query({ sessionId: task.sessionId })).items;
  if (approval === undefined) throw new Error("it asks nothing");
  return approval;
}

/** @returns how the calls of a task that asks nothing ended, and what allowed them. */
async function unasked(prompt: string, sessionId?: string): Promise<[string, string | undefined][]> {
  const task = await server.client.task.submit.mutate({ prompt, sessionId });
  expect(await until(task, "task.completed", "task.input-required")).toMatchObject({
    type: "task.completed",
  });
  const log = await readLog(server.client, task.sessionId);
  assertLogHolds(log);
  const own = log.filter(({ taskId }) => taskId === task.taskId);
  const allowed = new Map(
    own.flatMap((event) => (event.type === "tool.called" ? [[event.data.callId, event.data.allowedBy]] : [])),
  );
  return own.flatMap((event) =>
    event.type === "tool.ended" ? [[event.data.status, allowed.get(event.data.callId)]] : [],
  );
}

it("`always` makes the rule that it names, which holds in its session, after a crash, and in forks", async () => {
  const { client } = server;
  const { id: approvalId, sessionId, ...approval } = await asked("run: echo one");
  expect(approval).toMatchObject({
    always: "bash `echo one`",
    rules: [{ tool: "bash", pattern: "echo one" }, { tool: "bash", pattern: "echo one *" }, { tool: "bash" }],
  });
  const answer = client.approval.answer.mutate;
  const decision = "always";
  for (const made of [{ rule: { tool: "*" } }, { level: "project" }] as const) {
    await expect(answer({ approvalId, decision, ...made })).rejects.toMatchObject({
      reason: "validation_failed",
    });
  }
  await expect(answer({ approvalId, decision: "allow", level: "user" })).rejects.toMatchObject({
    reason: "validation_failed",
  });
  await answer({ approvalId, decision });
  // The same again is the same; another one is too late.
  await answer({ approvalId, decision });
  await expect(answer({ approvalId, decision: "deny" })).rejects.toMatchObject({ reason: "approval_closed" });

  await server.kill();
  await server.restart();
  const rule = "Allow bash `echo one` in this session";
  expect(await unasked("run: echo one", sessionId)).toEqual([["succeeded", rule]]);
  const [made] = (await server.client.rule.list.query({ sessionId })).items;
  expect(made).toMatchObject({ level: "session", effect: "allow", pattern: "echo one", createdBy: "local" });
  const fork = await server.client.session.fork.mutate({ sessionId });
  expect(await unasked("run: echo one", fork.id)).toEqual([["succeeded", rule]]);
  expect((await asked("run: echo one; echo two", sessionId)).reason).toContain("modify files");
  expect((await asked("run: echo one")).sessionId).not.toBe(sessionId);

  const deleted = await server.client.rule.delete.mutate({ ruleId: made?.id ?? "", sessionId: fork.id });
  expect(deleted.sessionId).toBe(fork.id);
  await asked("run: echo one", fork.id);
  const log = await readLog(server.client, sessionId);
  const types = log.map(({ type }) => type);
  expect(types.filter((type) => type === "rule.created")).toHaveLength(1);
  expect(log.find((event) => event.type === "approval.answered")?.data).toMatchObject({
    rule: { level: "session", pattern: "echo one" },
  });
});

it("one that reaches further holds in all sessions, until it is deleted; the operator's denial nobody lifts", async () => {
  const { client } = server;
  const { id: approvalId } = await asked("run: echo two");
  const rule = { tool: "bash", pattern: "echo two *" };
  await client.approval.answer.mutate({ approvalId, decision: "always", rule, level: "user" });
  const words = "Allow bash `echo two *` in all your sessions";
  expect(await unasked("run: echo two three")).toEqual([["succeeded", words]]);

  await client.rule.create.mutate({ effect: "allow", tool: "bash" });
  expect(await unasked("run: cd . && curl evil")).toEqual([["denied", undefined]]);
  const { items } = await client.rule.list.query({});
  expect(items.map(({ level, effect }) => `${level} ${effect}`)).toEqual([
    "user allow",
    "user allow",
    "operator deny",
  ]);
  await expect(client.rule.delete.mutate({ ruleId: items[2]?.id ?? "" })).rejects.toMatchObject({
    reason: "forbidden",
  });
  for (const { id: ruleId } of items.slice(0, 2)) await client.rule.delete.mutate({ ruleId });
  await asked("run: echo two three");
  const { items: entries } = await client.audit.list.query({ action: "rule.delete" });
  expect(entries.map(({ detail }) => detail)).toContain(words);
});
