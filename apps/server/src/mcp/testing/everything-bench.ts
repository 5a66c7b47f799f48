import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { followTask } from "@trunkline/client";
import type { EventDataOf, Question } from "@trunkline/contract";
import { assertLogHolds, FakeProvider, readLog, say, ServerFixture, waitFor } from "@trunkline/testkit";
import { EverythingOverHttp } from "./everything-over-http.ts";

const REPOSITORY = fileURLToPath(new URL("../../../../../", import.meta.url));
const ODD = fileURLToPath(new URL("odd-server.ts", import.meta.url));
const EVERYTHING = fileURLToPath(
  import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"),
);

/** Of variables and headers: seen nowhere. */
export const CANARY = "canary-of-an-mcp-server";
export const ODD_CANARY = "canary-of-the-odd-one";

type Decide = () => "allow" | "always";
type OnQuestion = (
  question: EventDataOf<"question.asked">,
  task: { taskId: string; sessionId: string },
) => Promise<unknown>;

/** A server with server-everything (over stdio, and beside it over HTTP) and one that misbehaves as the operator's. */
export class EverythingBench implements AsyncDisposable {
  readonly provider: FakeProvider;
  readonly http: EverythingOverHttp;
  readonly server: ServerFixture;
  readonly #directory: string;

  private constructor(
    provider: FakeProvider,
    http: EverythingOverHttp,
    server: ServerFixture,
    directory: string,
  ) {
    this.provider = provider;
    this.http = http;
    this.server = server;
    this.#directory = directory;
  }

  static async start(): Promise<EverythingBench> {
    const [provider, http] = await Promise.all([FakeProvider.start(), EverythingOverHttp.start(EVERYTHING)]);
    const directory = await mkdtemp(join(tmpdir(), "trunkline-mcp-"));
    const configFile = join(directory, "trunkline.config.json");
    // Commands find the machine's own Node, which may be one that reads no types.
    const odd = join(directory, "odd-server.mjs");
    await writeFile(odd, stripTypeScriptTypes(await readFile(ODD, "utf8")));
    const stdio = { command: "node", readOnly: [REPOSITORY] };
    const mcpServers = {
      everything: { ...stdio, args: [EVERYTHING, "stdio"], environment: { TOKEN: CANARY } },
      odd: {
        command: "node",
        args: [odd],
        readOnly: [directory],
        environment: { ODD_TOKEN: { variable: "ODD_TOKEN" } },
        trust: "annotations",
      },
      // The same, for calls that are never answered: what is waited for in vain is waited for briefly.
      stuck: {
        command: "node",
        args: [odd],
        readOnly: [directory],
        environment: { ODD_TOKEN: { variable: "ODD_TOKEN" } },
        trust: "annotations",
        timeoutMs: 3_000,
      },
    };
    await writeFile(configFile, JSON.stringify({ mcpServers, mcpPrivateHosts: [http.host] }));
    const env = { ...provider.serverEnv, TRUNKLINE_CONFIG_FILE: configFile, ODD_TOKEN: ODD_CANARY };
    return new EverythingBench(provider, http, await ServerFixture.start({ env }), directory);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await Promise.all([this.http[Symbol.asyncDispose](), this.provider[Symbol.asyncDispose]()]);
    await rm(this.#directory, { recursive: true, force: true });
  }

  async idOf(name: string): Promise<string> {
    const { items } = await this.server.client.mcp.list.query({});
    return items.find((item) => item.name === name)?.id ?? "";
  }

  /** A server that has died is tried again later and later, and its tools fail until then. */
  async connected(name: string): Promise<void> {
    await waitFor(`${name} to be connected`, async () => {
      const { items } = await this.server.client.mcp.list.query({});
      return items.find((item) => item.name === name)?.state === "connected";
    });
  }

  /**
   * Runs a task whose model makes these calls, one step each; approvals are answered with what `decide` returns, questions
   * by `onQuestion`.
   */
  async run(
    calls: readonly (readonly [string, object])[],
    {
      sessionId,
      decide = () => "allow",
      onQuestion = async () => undefined,
    }: { sessionId?: string; decide?: Decide; onQuestion?: OnQuestion } = {},
  ) {
    const { provider } = this;
    const { client } = this.server;
    for (const [tool, input] of calls) provider.enqueue(say.reply(say.toolCall(tool, input)));
    provider.enqueue(say.reply(say.text("Done.")));
    const task = await client.task.submit.mutate({ prompt: "go", ...(sessionId && { sessionId }) });
    const asked: string[] = [];
    for await (const event of followTask(client, task)) {
      if (event.type === "question.asked") await onQuestion(event.data, task);
      if (event.type !== "approval.requested") continue;
      asked.push(event.data.tool);
      await client.approval.answer.mutate({ approvalId: event.data.approvalId, decision: decide() });
    }
    const log = await readLog(client, task.sessionId);
    assertLogHolds(log);
    const own = log.filter(({ taskId }) => taskId === task.taskId);
    const results = own.flatMap((event) => (event.type === "tool.ended" ? [event.data] : []));
    return { sessionId: task.sessionId, asked, results, log: own };
  }

  /** Answers what the session's only call waits for. */
  async allow(sessionId: string): Promise<void> {
    const { approval } = this.server.client;
    const open = async () => (await approval.list.query({ sessionId })).items[0];
    const { id: approvalId } = await waitFor("the approval", open);
    await approval.answer.mutate({ approvalId, decision: "allow" });
  }

  /** Waits until the task has completed. */
  async completed(taskId: string): Promise<void> {
    const { task } = this.server.client;
    await waitFor("the task's end", async () => (await task.get.query({ taskId })).state === "completed");
  }

  /** The question that the session's task waits for. */
  async questionOf(sessionId: string): Promise<Question> {
    const { question } = this.server.client;
    return waitFor("the question", async () => (await question.list.query({ sessionId })).items[0]);
  }

  async processOf(words: string): Promise<number> {
    return waitFor(`a process of ${words}`, async () => {
      for (const pid of await readdir("/proc")) {
        const read = async (name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
        const line = await read("cmdline");
        if (!line.startsWith("node\0") || !line.includes(words)) continue;
        if ((await read("environ")).includes(this.server.dataDir)) return Number(pid);
      }
      return undefined;
    });
  }
}
