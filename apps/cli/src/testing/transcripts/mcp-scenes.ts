import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Scene } from "./scene.ts";

/** A server with one tool, over stdin and stdout. */
const NOTES_SERVER = `
import { createInterface } from "node:readline";
const tool = { name: "add", description: "Add a note", inputSchema: { type: "object" } };
const answers = {
  initialize: { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo: { name: "notes", version: "1" } },
  "tools/list": { tools: [tool] },
};
for await (const line of createInterface({ input: process.stdin })) {
  const { id, method } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, result: answers[method] ?? {} }));
}
`;

export const MCP_SCENES: readonly Scene[] = [
  {
    of: "mcp add",
    says: "An address, or a program of the server's machine; the values of secrets come from your environment.",
    play: async (stage) => {
      const file = join(stage.directory, "notes-server.mjs");
      await writeFile(file, NOTES_SERVER);
      await stage.type("mcp add tickets https://mcp.example.com/mcp");
      await stage.type(`mcp add notes --env LANG -- node ${file}`);
    },
  },
  {
    of: "mcp list",
    says: "The operator's and yours; servers start when a task needs them.",
    play: async (stage) => stage.type("mcp list"),
  },
  {
    of: "mcp show",
    says: "What a server offers, by its own word.",
    play: async (stage) => stage.type("mcp show notes"),
  },
  {
    of: "mcp update",
    says: "What is not named stays as it is, stored secrets included.",
    play: async (stage) => stage.type("mcp update notes --trust annotations --only-tool add"),
  },
  {
    of: "mcp authorize",
    says: "For servers over HTTP that want OAuth, step by step in [mcp.md](mcp.md#authorization); programs need none.",
    play: async (stage) => stage.type("mcp authorize notes"),
  },
  {
    of: "mcp restart",
    says: "Also before its next try, where it failed.",
    play: async (stage) => stage.type("mcp restart notes"),
  },
  {
    of: "mcp remove",
    says: "With its secrets.",
    play: async (stage) => {
      await stage.type("mcp remove notes");
      await stage.type("mcp remove nothing");
    },
  },
  {
    of: "acp",
    says: "For an editor, not for a person: [acp.md](acp.md#in-an-editor) has the settings.",
    play: async (stage) => stage.type("acp"),
  },
];
