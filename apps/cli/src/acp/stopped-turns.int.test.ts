import { tmpdir } from "node:os";
import type { LoadSessionResponse } from "@agentclientprotocol/sdk";
import { FakeProvider, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Editor } from "../testing/acp-editor.ts";
import { Gate } from "../testing/gate.ts";

describe("turns in an editor whose server is behind a proxy", () => {
  let provider: FakeProvider;
  let server: ServerFixture;
  let gate: Gate;

  beforeAll(async () => {
    provider = await FakeProvider.start();
    server = await ServerFixture.start({ env: { ...provider.serverEnv, TRUNKLINE_SANDBOX: "off" } });
    gate = await Gate.start(server.url);
  });
  beforeEach(() => provider.reset());
  afterAll(async () => {
    await gate[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });
  const connect = () =>
    new Editor({ TRUNKLINE_URL: gate.url, TRUNKLINE_TOKEN: server.token }, "--no-project");

  it("a stop while the prompt is being submitted cancels its task", async () => {
    await using editor = connect();
    const { sessionId } = await editor.open();
    provider.respond = () => say.reply(say.open(), say.text("so far"), say.stall());
    const [submitted, stopped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    gate.pass = async ({ url = "" }) => {
      if (!url.includes("task.submit")) return;
      submitted.resolve();
      await stopped.promise;
    };
    const turn = editor.prompt(sessionId, "talk");
    await submitted.promise;
    await editor.agent.notify("session/cancel", { sessionId });
    // An answer to a later message: the stop has been read.
    await editor.agent.request("session/list", {});
    stopped.resolve();
    expect(await turn).toBe("cancelled");
    const { session } = await server.client.session.get.query({ sessionId });
    expect(session.currentTask).toMatchObject({ state: "canceled", reason: "user" });
  });

  it("a turn whose session can't be followed any more fails, and the session can be loaded again", async () => {
    await using editor = connect();
    const { sessionId } = await editor.open();
    const begun = Promise.withResolvers<void>();
    provider.respond = () => {
      begun.resolve();
      return say.reply(say.open(), say.text("so far"), say.stall());
    };
    const failed = editor.prompt(sessionId, "talk").catch((error: unknown) => error);
    await begun.promise;
    gate.pass = async (request) => {
      if (request.url?.includes("session.subscribe")) request.headers["authorization"] = "Bearer revoked";
    };
    gate.cut("session.subscribe");
    expect(await failed).toMatchObject({ code: -32_000 });
    gate.pass = async () => undefined;

    const load = { sessionId, cwd: tmpdir(), mcpServers: [] };
    const loaded = await editor.agent.request<LoadSessionResponse>("session/load", load);
    expect(loaded.modes?.currentModeId).toBe("default");
    const taskOf = async () => (await server.client.session.get.query({ sessionId })).session.currentTask;
    await server.client.task.cancel.mutate({ taskId: (await taskOf())?.id ?? "" });
    await waitFor("the task's end", async () => (await taskOf())?.state === "canceled");
    provider.respond = () => say.reply(say.text("And on."));
    expect(await editor.prompt(sessionId, "go on")).toBe("end_turn");
  });
});
