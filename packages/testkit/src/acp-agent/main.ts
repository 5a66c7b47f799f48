import { Readable, Writable } from "node:stream";
import { agent, ndJsonStream, PROTOCOL_VERSION } from "@agentclientprotocol/sdk";
import { ScriptedAgent } from "./scripted-agent.ts";

/*
 * An agent that speaks the Agent Client Protocol on its standard input and output, scripted by the lines of the prompt
 * (see scripted-agent.ts). It keeps its sessions in its home.
 */
const scripted = new ScriptedAgent(process.env["HOME"] ?? ".");
agent()
  .onRequest("initialize", ({ params }) => {
    scripted.client = params.clientCapabilities ?? {};
    return {
      protocolVersion: PROTOCOL_VERSION,
      agentCapabilities: { loadSession: process.env["FORGETFUL"] === undefined },
      agentInfo: { name: "scripted", version: "1" },
    };
  })
  .onRequest("session/new", ({ params }) => scripted.create(params.cwd))
  .onRequest("session/load", async ({ params, client }) => scripted.load(params, client))
  .onRequest("session/prompt", async ({ params, client, signal }) => scripted.prompt(params, client, signal))
  .onNotification("session/cancel", ({ params }) => scripted.cancel(params.sessionId))
  .connect(
    ndJsonStream(
      Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
      Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
    ),
  );
