import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeProvider, installedAgents, waitFor } from "@trunkline/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AgentServer, eventsOf } from "./testing/agent-server.ts";

/** Several hundred megabytes each: `pnpm test:agents` installs them, and CI does not. */
const installed = await installedAgents();
const TIMEOUT_MS = 180_000;

type Call = readonly [tool: string, input: unknown];

/** What each calls its tools. */
interface Scenario {
  /** Writes hello.txt. */
  edit: (workspace: string) => Call;
  /** Runs for long. */
  wait: Call;
}

const escalated = (cmd: string) => ({
  cmd,
  sandbox_permissions: "require_escalated",
  justification: "May I?",
});

const AGENTS: Record<string, Scenario> = {
  opencode: {
    edit: (workspace: string) => ["write", { filePath: `${workspace}/hello.txt`, content: "hi\n" }],
    wait: ["bash", { command: "tail -f /dev/null", description: "wait" }],
  },
  codex: {
    // Within the workspace it asks for nothing; beyond its own sandbox it does.
    edit: () => ["exec_command", escalated("echo hi > hello.txt")],
    wait: ["exec_command", escalated("tail -f /dev/null")],
  },
  "claude-code": {
    edit: (workspace: string) => ["Write", { file_path: `${workspace}/hello.txt`, content: "hi\n" }],
    wait: ["Bash", { command: "tail -f /dev/null", description: "wait" }],
  },
  gemini: {
    edit: (workspace: string) => ["write_file", { file_path: `${workspace}/hello.txt`, content: "hi\n" }],
    wait: ["run_shell_command", { command: "tail -f /dev/null", description: "wait" }],
  },
};

describe.skipIf(Object.keys(installed).length === 0)("real agents, offline", () => {
  let provider: FakeProvider;
  let server: AgentServer;

  beforeAll(async () => {
    provider = await FakeProvider.start();
    const base = provider.url;
    const agents = Object.fromEntries(
      Object.entries(installed).map(([name, program]) => {
        const rest = { opencode: ["acp"], gemini: ["--acp"] }[name] ?? [];
        // Chosen, so that none asks another model first, or speaks of tools in a newer way than the stand-in.
        const model = { gemini: "gemini-3.5-flash", codex: "gpt-5.2-codex" }[name];
        return [name, { preset: name, command: [program, ...rest], ...(model !== undefined && { model }) }];
      }),
    );
    server = await AgentServer.start(await mkdtempDisposable(join(tmpdir(), "trunkline-agents-")), agents, {
      env: {
        ...provider.serverEnv,
        ANTHROPIC_API_KEY: "k",
        ANTHROPIC_BASE_URL: base,
        GOOGLE_GENERATIVE_AI_API_KEY: "k",
        GOOGLE_GENERATIVE_AI_BASE_URL: base.replace("/v1", "/v1beta"),
      },
      providers: { responses: { kind: "openai", baseUrl: base, keyVariable: "OPENAI_API_KEY" } },
    });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
  });

  describe.each(Object.entries(AGENTS))("%s", (name, { edit, wait }) => {
    const skipReason = "not installed: run `pnpm test:agents`";

    it(
      "edits a file after one permission, is canceled, and leaves no process",
      async ({ skip }) => {
        skip(installed[name] === undefined, skipReason);
        const { id: sessionId } = await server.client.session.create.mutate({ agent: `acp:${name}` });
        const workspace = await server.workspace({ sessionId });
        const prompt = `${lineOf(edit(workspace))}
reply: All done.`;
        const task = await server.submit({ sessionId, prompt });
        await server.answer(task, "allow");
        const log = await server.endOf(task);
        const results = JSON.stringify(eventsOf(log, "tool.ended"));
        expect(await server.file(task, "hello.txt"), results).toBe("hi\n");
        expect(eventsOf(log, "task.completed")[0]?.result).toContain("All done.");
        expect(eventsOf(log, "approval.requested")).toHaveLength(1);
        expect(eventsOf(log, "tool.ended").at(-1)?.status).toBe("succeeded");
        const spent = eventsOf(log, "step.ended").map(({ usage }) => usage.inputTokens);
        expect(spent.reduce((sum, tokens) => sum + tokens)).toBeGreaterThan(0);
        await waitFor("its processes to end", async () => (await server.agentProcesses()).length === 0);

        const second = await server.submit({ sessionId, prompt: lineOf(wait) });
        const started = server.until(second, "tool.called");
        await server.answer(second, "allow");
        await started;
        await server.client.task.cancel.mutate({ taskId: second.taskId });
        await server.endOf(second, "task.canceled");
        expect(await server.agentProcesses()).toEqual([]);
      },
      TIMEOUT_MS,
    );
  });
});

function lineOf([tool, input]: Call): string {
  return `tool: ${tool} ${JSON.stringify(input)}`;
}
