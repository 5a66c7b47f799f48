import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { followTask } from "@trunkline/client";
import type { Approval, EventType, SessionEvent, SubmitTaskOutput } from "@trunkline/contract";
import { assertLogHolds, readLog, ServerFixture, type ServerFixtureOptions } from "@trunkline/testkit";

/** A server with agents in its trunkline.config.json. */
export class AgentServer implements AsyncDisposable {
  readonly fixture: ServerFixture;
  readonly #directory: AsyncDisposable & { path: string };

  private constructor(fixture: ServerFixture, directory: AsyncDisposable & { path: string }) {
    this.fixture = fixture;
    this.#directory = directory;
  }

  static async start(
    directory: AsyncDisposable & { path: string },
    agents: Record<string, unknown>,
    { providers = {}, ...options }: ServerFixtureOptions & { providers?: Record<string, unknown> } = {},
  ): Promise<AgentServer> {
    const path = join(directory.path, "trunkline.config.json");
    await writeFile(path, JSON.stringify({ agents, providers }));
    const env = { ...options.env, TRUNKLINE_CONFIG_FILE: path };
    return new AgentServer(await ServerFixture.start({ ...options, env }), directory);
  }

  get client(): ServerFixture["client"] {
    return this.fixture.client;
  }

  async submit(
    input: Parameters<ServerFixture["client"]["task"]["submit"]["mutate"]>[0],
  ): Promise<SubmitTaskOutput> {
    return this.client.task.submit.mutate(input);
  }

  async until(task: SubmitTaskOutput, type: EventType): Promise<SessionEvent> {
    let last = "";
    for await (const event of followTask(this.client, task)) {
      if (event.type === type) return event;
      last = `${event.type} ${JSON.stringify(event.data)}`;
    }
    throw new Error(`the task ended without ${type}: ${last}`);
  }

  /** @returns the session's log once the task has ended so; it holds. */
  async endOf(task: SubmitTaskOutput, type: EventType = "task.completed"): Promise<SessionEvent[]> {
    await this.until(task, type);
    const log = await readLog(this.client, task.sessionId);
    assertLogHolds(log);
    return log;
  }

  /** What waits for an answer, once the task waits. @param after an approval that it is not. */
  async asked(task: SubmitTaskOutput, after?: Approval): Promise<Approval> {
    let last = "";
    for await (const event of followTask(this.client, task)) {
      last = `${last.slice(-2_000)}\n${event.type} ${JSON.stringify(event.data)}`;
      if (event.type !== "task.input-required") continue;
      const { approvals } = await this.client.session.get.query({ sessionId: task.sessionId });
      const [open] = approvals.filter(({ id }) => id !== after?.id);
      if (open !== undefined) return open;
    }
    throw new Error(`the task ended without asking: ${last}`);
  }

  async answer(
    task: SubmitTaskOutput,
    decision: "allow" | "always" | "deny",
    note?: string,
  ): Promise<Approval> {
    const approval = await this.asked(task);
    await this.client.approval.answer.mutate({
      approvalId: approval.id,
      decision,
      ...(note !== undefined && { note }),
    });
    return approval;
  }

  async workspace({ sessionId }: { sessionId: string }): Promise<string> {
    return (await this.client.session.get.query({ sessionId })).session.workspace;
  }

  async file(task: { sessionId: string }, name: string): Promise<string | null> {
    return readFile(join(await this.workspace(task), name), "utf8").catch(() => null);
  }

  /** Processes of this server's agents: they have its data directory in their environment. */
  async agentProcesses(): Promise<number[]> {
    const found: number[] = [];
    for (const name of await readdir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const environment = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
      if (environment.includes(`HOME=${join(this.fixture.dataDir, "agents")}`)) found.push(Number(name));
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fixture[Symbol.asyncDispose]();
    await this.#directory[Symbol.asyncDispose]();
  }
}

export function eventsOf<T extends EventType>(log: readonly SessionEvent[], type: T) {
  return log.flatMap((event) =>
    event.type === type ? [event.data as Extract<SessionEvent, { type: T }>["data"]] : [],
  );
}
