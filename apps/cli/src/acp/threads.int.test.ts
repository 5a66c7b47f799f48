import { execFileSync } from "node:child_process";
import { mkdtempDisposable, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ListSessionsResponse, McpServer } from "@agentclientprotocol/sdk";
import { FakeProvider, ServerFixture } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Editor } from "../testing/acp-editor.ts";

describe("an editor's threads", () => {
  let provider: FakeProvider;
  let server: ServerFixture;
  let root: Awaited<ReturnType<typeof mkdtempDisposable>>;

  beforeAll(async () => {
    provider = await FakeProvider.start();
    root = await mkdtempDisposable(join(await realpath(tmpdir()), "trunkline-editor-"));
    const env = { ...provider.serverEnv, TRUNKLINE_SANDBOX: "off", TRUNKLINE_PROJECT_ROOTS: root.path };
    server = await ServerFixture.start({ env });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
    await root.remove();
  });

  const list = async (editor: Editor, params: { cwd?: string; cursor?: string | null }) =>
    editor.agent.request<ListSessionsResponse>("session/list", params);

  it("are listed, those of a repository by its directory, and all of them page by page", async () => {
    const repository = join(root.path, "app");
    const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    execFileSync("git", ["init", "-q", repository]);
    execFileSync("git", ["-C", repository, ...identity, "commit", "-q", "--allow-empty", "-m", "first"]);
    await using editor = new Editor(server.dataDir, "--yes");
    const { ready, sessionId } = await editor.open(repository);
    expect(ready).toMatchObject({ agentCapabilities: { sessionCapabilities: { list: {} } } });
    await server.client.session.update.mutate({ sessionId, title: "In the repository" });
    const others: string[] = [];
    for (let count = 0; count < 51; count++) {
      others.push((await server.client.session.create.mutate({ title: `other ${count}` })).id);
    }

    const own = await list(editor, { cwd: repository });
    expect(own.sessions).toMatchObject([{ sessionId, cwd: repository, title: "In the repository" }]);
    expect(Date.parse(own.sessions[0]?.updatedAt ?? "")).toBeGreaterThan(0);
    expect(own.nextCursor).toBeNull();

    const first = await list(editor, {});
    expect(first.sessions.map((one) => one.sessionId)).toEqual(others.toReversed().slice(0, 50));
    const second = await list(editor, { cursor: first.nextCursor ?? "" });
    expect(second.sessions.map((one) => [one.sessionId, one.cwd])).toEqual([
      [others[0], expect.stringMatching(/^\//)],
      [sessionId, repository],
    ]);
    expect(second.nextCursor).toBeNull();
    await expect(list(editor, { cursor: "none" })).rejects.toMatchObject({ code: -32_603 });

    // One that was listed can be loaded.
    await editor.agent.request("session/load", { sessionId: others[0], cwd: tmpdir(), mcpServers: [] });
  });

  it("say which MCP servers of the editor's they do not use, and how to have them, without their secrets", async () => {
    const transport = { kind: "stdio" as const, command: "node", args: ["-e", "0"] };
    await server.client.mcp.add.mutate({ name: "known", transport });
    const servers: McpServer[] = [
      { name: "known", command: "/usr/local/bin/known", args: [], env: [] },
      {
        name: "My DB",
        command: "db-server",
        args: ["--fast", "a b"],
        env: [{ name: "DSN", value: "secret-dsn" }],
      },
      {
        type: "http",
        name: "tickets",
        url: "https://mcp.example.com/mcp",
        headers: [{ name: "X-Auth", value: "secret-header" }],
      },
    ];
    await using editor = new Editor(server.dataDir, "--no-project");
    const { ready, sessionId } = await editor.open(tmpdir(), servers);
    expect(ready).toMatchObject({ agentCapabilities: { mcpCapabilities: { http: false, sse: false } } });
    expect(editor.said).toBe("");
    await editor.prompt(sessionId, "reply: Done.");
    await editor.prompt(sessionId, "reply: Again.");
    const [note = "", ...rest] = editor.said.split("MCP servers as set up on the server: known.\n\n");
    expect(rest).toEqual(["Done.Again."]);
    expect(note).toMatch(
      /^MCP servers of this editor are not used: My DB, tickets\. Tasks run on the server/,
    );
    expect(note).toMatch(/ mcp add my-db --env DSN( --\S+ \S+)* -- db-server --fast 'a b'\n/);
    expect(note).toMatch(/ mcp add tickets https:\/\/mcp\.example\.com\/mcp --header X-Auth=X_AUTH/);
    expect(note).not.toContain("secret");

    // Opened again, it says so again.
    await using other = new Editor(server.dataDir, "--no-project");
    await other.agent.request("initialize", { protocolVersion: 1, clientCapabilities: {} });
    await other.agent.request("session/load", { sessionId, cwd: tmpdir(), mcpServers: servers.slice(1) });
    expect(other.said).toBe("Done.Again.");
    await other.prompt(sessionId, "reply: Still.");
    expect(other.said).toContain("are not used: My DB, tickets");
    expect(other.said.endsWith("Still.")).toBe(true);
  });
});
