import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { EventDataOf, Project, Session, SessionEvent, Task } from "@trunkline/contract";
import { pino } from "pino";
import { openTestGit, type TestGit } from "../../git/testing/open-test-git.ts";
import {
  alice,
  isTerminalEventOf,
  type ScriptedNode,
  startScriptedNode,
} from "../../runner/testing/scripted-node.ts";
import { fixedNetwork } from "../../network/testing/fixed-network.ts";
import { createRedactor } from "../../secrets/redactor.ts";
import { removeDirectory } from "../../common/remove-directory.ts";
import { openSqliteStore } from "../../store/sqlite/sqlite-store.ts";
import { auditRecord } from "../../store/testing/audit-record.ts";
import { openSandbox } from "../../tools/sandbox/open-sandbox.ts";
import { createShell } from "../../tools/shell.ts";
import { SetupCache } from "../setup-cache.ts";
import { createSetups } from "../setups.ts";

const run = promisify(execFile);
const PATH = process.env["PATH"] ?? "";

export async function git(directory: string, ...args: string[]): Promise<string> {
  const identity = [
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.com",
    "-c",
    "protocol.file.allow=always",
  ];
  return (await run("git", [...identity, ...args], { cwd: directory })).stdout.trim();
}

/** A real node, git and sandbox, with scripts in the agent's place. Its clones are made by plain git. */
export class SetupBench implements AsyncDisposable {
  readonly source: string;
  readonly #git: TestGit;
  readonly #project: Project;
  #node: ScriptedNode | undefined;

  private constructor(testGit: TestGit, project: Project) {
    this.#git = testGit;
    this.#project = project;
    this.source = join(testGit.dataDir, "source");
  }

  static async open(files: Record<string, string>, settings: Partial<Project> = {}): Promise<SetupBench> {
    const testGit = await openTestGit();
    const project: Project = {
      id: randomUUID(),
      ownerId: alice.userId,
      name: "p",
      source: { kind: "git", url: "https://git.example/a.git" },
      baseRef: null,
      setup: null,
      network: "off",
      allowedHosts: [],
      environment: [],
      instructions: null,
      shared: false,
      credential: null,
      lastFetch: null,
      createdAt: 1,
      updatedAt: 1,
      ...settings,
    };
    const bench = new SetupBench(testGit, project);
    await mkdir(bench.source);
    await git(bench.source, "init", "-q", "-b", "main");
    await bench.commit(files);
    await bench.start();
    await bench.node.store.projects.create(project, auditRecord());
    return bench;
  }

  get dataDir(): string {
    return this.#git.dataDir;
  }

  get node(): ScriptedNode {
    if (this.#node === undefined) throw new Error("the node was stopped");
    return this.#node;
  }

  get kept(): string {
    return join(this.dataDir, "projects", this.#project.id, "setups");
  }

  /** Commits to the source's current branch. */
  async commit(files: Record<string, string>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const at = join(this.source, path);
      await mkdir(dirname(at), { recursive: true });
      await writeFile(at, text);
      await chmod(at, 0o755);
    }
    await git(this.source, "add", "-A");
    await git(this.source, "commit", "-qm", "x");
  }

  async start(options: { timeoutMs?: number; image?: string } = {}): Promise<void> {
    await this.#node?.close();
    const { dataDir } = this;
    const store = await openSqliteStore({
      path: join(dataDir, "db"),
      now: Date.now,
      onFatal: (error) => {
        throw error;
      },
    });
    const logger = pino({ level: "silent" });
    const { spawner } = await openSandbox({
      sandbox: { mode: "auto" },
      dataDir,
      owner: `test-${randomUUID()}`,
      ledger: { onSpawn: async () => undefined, onExit: async () => undefined },
      path: PATH,
      isShared: async () => false,
      logger,
    });
    const shell = createShell({
      spawner,
      environment: { PATH, LANG: "C.UTF-8" },
      redactor: (values) => createRedactor(values),
    });
    const place = (name: string) => (projectId: string) => join(dataDir, "projects", projectId, name);
    const { image = "image", timeoutMs } = options;
    const setups = createSetups({
      store,
      git: this.#git.git,
      shell,
      networks: fixedNetwork("off"),
      cache: new SetupCache({ shell, removeDirectory, now: Date.now }),
      mirrorOf: place("mirror.git"),
      cacheOf: place("setups"),
      offered: { DEPLOY_TOKEN: "offered-value-123", OTHER: "never" },
      image,
      logger,
      now: Date.now,
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
    this.#node = await startScriptedNode({ store, directory: dataDir, scripts: new Map(), setups });
  }

  async stop(): Promise<void> {
    await this.#node?.close();
    this.#node = undefined;
  }

  /** Creates a session with a clone of the project. @param baseRef of somebody else's branch, if given. */
  async session(baseRef?: string): Promise<Session> {
    const mirror = join(this.dataDir, "projects", this.#project.id, "mirror.git");
    await removeDirectory(mirror);
    await git(this.dataDir, "clone", "-q", "--bare", "--mirror", this.source, mirror);
    const choice = { projectId: this.#project.id, ...(baseRef !== undefined && { baseRef }) };
    const session = await this.node.sessions.create(alice, choice);
    const workspace = this.workspace(session);
    const branch = session.branch ?? "trunkline/x";
    await git(this.dataDir, "clone", "-q", "--shared", "--branch", baseRef ?? "main", mirror, workspace);
    await git(workspace, "checkout", "-qb", branch);
    const data: EventDataOf<"workspace.prepared"> = {
      kind: "clone",
      projectId: this.#project.id,
      branch,
      baseRef: baseRef ?? "main",
      baseCommit: await git(workspace, "rev-parse", "HEAD"),
    };
    await this.node.log.append(session.id, [{ taskId: null, type: "workspace.prepared", data }]);
    return session;
  }

  workspace({ id }: Session): string {
    return join(this.dataDir, "workspaces", id);
  }

  async submit({ id }: Session): Promise<Task> {
    return this.node.submit("go", id);
  }

  /** Runs a task to its end. @returns the session's events. */
  async run(session: Session): Promise<SessionEvent[]> {
    return this.ended(await this.submit(session));
  }

  async ended(task: Task): Promise<SessionEvent[]> {
    return this.node.until(task.sessionId, isTerminalEventOf(task.id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#git[Symbol.asyncDispose]();
  }
}

export function setupsOf(events: readonly SessionEvent[]): EventDataOf<"setup.ended">[] {
  return events.flatMap((event) => (event.type === "setup.ended" ? [event.data] : []));
}
