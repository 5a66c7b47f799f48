import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadSessionResponse, SetSessionConfigOptionResponse } from "@agentclientprotocol/sdk";
import { FakeProvider, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Editor, selected } from "../testing/acp-editor.ts";

const WRITE = `tool: write_file ${JSON.stringify({ path: "a.txt", content: "x" })}\nreply: It is written.`;

describe("trunkline acp", () => {
  let provider: FakeProvider;
  let server: ServerFixture;

  beforeAll(async () => {
    provider = await FakeProvider.start();
    server = await ServerFixture.start({
      env: { ...provider.serverEnv, TRUNKLINE_APPROVALS: "always", TRUNKLINE_SANDBOX: "off" },
    });
  });
  beforeEach(() => provider.reset());
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  it("offers agents and models, streams what happens, and asks for permission in the editor", async () => {
    await using editor = new Editor(server.dataDir, "--no-project");
    const { ready, session, sessionId } = await editor.open();
    expect(ready).toMatchObject({ protocolVersion: 1, agentCapabilities: { loadSession: true } });
    expect(session.modes?.currentModeId).toBe("default");
    expect(session.modes?.availableModes.map(({ id }) => id)).toEqual(["default", "read-only", "plan"]);
    expect(session.configOptions?.map(({ id }) => id)).toEqual(["model", "effort"]);

    expect(await editor.prompt(sessionId, WRITE)).toBe("end_turn");
    expect(editor.said).toBe("It is written.");
    expect(editor.asked).toMatchObject([
      { sessionId, toolCall: { kind: "edit", title: "a.txt" }, options: [{ kind: "allow_once" }, {}, {}] },
    ]);
    const calls = editor.updates.filter(({ sessionUpdate }) => sessionUpdate.startsWith("tool_call"));
    expect(calls[0]).toMatchObject({ sessionUpdate: "tool_call", status: "pending", kind: "edit" });
    expect(calls.at(-1)).toMatchObject({ status: "completed" });
    const { workspace } = (await server.client.session.get.query({ sessionId })).session;
    expect(existsSync(join(workspace, "a.txt"))).toBe(true);

    await editor.agent.request("session/set_mode", { sessionId, modeId: "plan" });
    const set = { sessionId, configId: "model", value: "demo" };
    const { configOptions } = await editor.agent.request<SetSessionConfigOptionResponse>(
      "session/set_config_option",
      set,
    );
    expect(configOptions[0]).toMatchObject({ id: "model", currentValue: "demo" });
    const changed = await server.client.session.get.query({ sessionId });
    expect(changed.session).toMatchObject({ agent: "plan", model: "demo" });
    await expect(editor.prompt("0199a000-0000-7000-8000-000000000000", "x")).rejects.toMatchObject({
      code: -32_002,
    });
  });

  it("a permission that is answered elsewhere is withdrawn; a denied call is not run; cancel ends the task", async () => {
    await using editor = new Editor(server.dataDir, "--no-project");
    const { sessionId } = await editor.open();
    editor.answer = () => new Promise(() => undefined);
    const elsewhere = editor.prompt(sessionId, WRITE);
    await waitFor("the permission", () => editor.asked.length === 1);
    const [approval] = (await server.client.approval.list.query({ sessionId })).items;
    await server.client.approval.answer.mutate({ approvalId: approval?.id ?? "", decision: "allow" });
    expect(await elsewhere).toBe("end_turn");

    editor.answer = async () => selected("deny");
    expect(await editor.prompt(sessionId, `${WRITE} Not.`)).toBe("end_turn");
    expect(
      editor.updates.findLast(({ sessionUpdate }) => sessionUpdate === "tool_call_update"),
    ).toMatchObject({
      status: "failed",
    });

    const begun = Promise.withResolvers<void>();
    provider.respond = () => {
      begun.resolve();
      return say.reply(say.open(), say.text("so far"), say.stall());
    };
    const turn = editor.prompt(sessionId, "talk");
    await begun.promise;
    await editor.agent.notify("session/cancel", { sessionId });
    expect(await turn).toBe("cancelled");
    const { session } = await server.client.session.get.query({ sessionId });
    expect(session.currentTask).toMatchObject({ state: "canceled", reason: "user" });
  });

  it("a task goes on without its editor; one whose request is withdrawn is canceled", async () => {
    let sessionId: string;
    const [reached, rest] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    provider.respond = async () => {
      reached.resolve();
      await rest.promise;
      return say.reply(say.text("all of it"));
    };
    {
      await using editor = new Editor(server.dataDir, "--no-project");
      ({ sessionId } = await editor.open());
      // Its answer never comes: the connection is closed.
      void editor.prompt(sessionId, "talk").catch(() => undefined);
      await reached.promise;
    }
    // The command has exited, and with it whatever it had to say.
    rest.resolve();
    const stateOf = async (id: string) =>
      (await server.client.session.get.query({ sessionId: id })).session.currentTask?.state;
    await waitFor(
      "the task's end",
      async () => !["queued", "running"].includes((await stateOf(sessionId)) ?? ""),
    );
    expect(await stateOf(sessionId)).toBe("completed");

    await using other = new Editor(server.dataDir, "--no-project");
    const { sessionId: second } = await other.open();
    const begun = Promise.withResolvers<void>();
    provider.respond = () => {
      begun.resolve();
      return say.reply(say.open(), say.text("so far"), say.stall());
    };
    const withdrawn = new AbortController();
    const prompt = { sessionId: second, prompt: [{ type: "text", text: "talk" }] };
    const turn = other.agent.request<{ stopReason: string }>("session/prompt", prompt, {
      cancellationSignal: withdrawn.signal,
    });
    await begun.promise;
    withdrawn.abort();
    expect((await turn).stopReason).toBe("cancelled");
  });

  it("a question ends the turn, and the next prompt answers it", async () => {
    await using editor = new Editor(server.dataDir, "--no-project");
    const { sessionId } = await editor.open();
    const question = { question: "Which one?", options: ["Postgres", "SQLite"] };
    const ask = `tool: ask_user ${JSON.stringify(question)}\nreply: As you say.`;
    expect(await editor.prompt(sessionId, ask)).toBe("end_turn");
    expect(editor.said).toContain("Which one?\n1. Postgres\n2. SQLite");
    expect(await editor.prompt(sessionId, "2")).toBe("end_turn");
    expect(editor.said).toContain("As you say.");
    const tasks = await server.client.task.list.query({ sessionId });
    expect(tasks.items).toMatchObject([{ state: "completed" }]);
  });

  it("a permission of a subagent comes up in its session", async () => {
    await using editor = new Editor(server.dataDir, "--no-project");
    const { sessionId } = await editor.open();
    provider.enqueue(say.reply(say.toolCall("subagent", { title: "t", prompt: WRITE, may_change: true })));
    provider.enqueue(say.reply(say.toolCall("write_file", { path: "b.txt", content: "x" })));
    provider.enqueue(say.reply(say.text("below")), say.reply(say.text("above")));
    expect(await editor.prompt(sessionId, "go")).toBe("end_turn");
    expect(editor.said).toBe("above");
    expect(editor.asked.at(-1)).toMatchObject({ sessionId, toolCall: { title: "b.txt" } });
  });

  it("goes on when the server is killed in the middle, and tells a session again that is loaded", async () => {
    await using editor = new Editor(server.dataDir, "--no-project");
    const { sessionId } = await editor.open();
    editor.answer = () => new Promise(() => undefined);
    const turn = editor.prompt(sessionId, WRITE);
    await waitFor("the permission", () => editor.asked.length === 1);
    await server.kill();
    await server.restart();
    // The approval is still open; the command follows again, and asks nobody twice.
    const [approval] = (await server.client.approval.list.query({ sessionId })).items;
    await server.client.approval.answer.mutate({ approvalId: approval?.id ?? "", decision: "allow" });
    expect(await turn).toBe("end_turn");
    expect(editor.said).toBe("It is written.");
    expect(editor.asked).toHaveLength(1);

    await using other = new Editor(server.dataDir, "--no-project");
    await other.agent.request("initialize", { protocolVersion: 1, clientCapabilities: {} });
    const load = { sessionId, cwd: tmpdir(), mcpServers: [] };
    const loaded = await other.agent.request<LoadSessionResponse>("session/load", load);
    expect(loaded.modes?.currentModeId).toBe("default");
    const kinds = other.updates.map(({ sessionUpdate }) => sessionUpdate);
    expect(kinds[0]).toBe("user_message_chunk");
    expect(kinds).toContain("tool_call");
    expect(other.said).toBe("It is written.");
    expect(other.asked).toEqual([]);
    expect(await other.prompt(sessionId, "reply: And on.")).toBe("end_turn");
    // Both editors show it.
    await waitFor("the first editor to show it", () => editor.said.endsWith("And on."));
  });
});
