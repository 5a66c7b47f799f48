import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { ProcessLedger, ProcessRecord } from "../../tools/port.ts";
import { createBareSpawner } from "../../tools/process/bare-spawner.ts";
import { findProgram } from "../../tools/sandbox/find-program.ts";
import { openSandbox } from "../../tools/sandbox/open-sandbox.ts";
import { openGit } from "../open-git.ts";
import type { Git } from "../port.ts";

export interface TestGit extends AsyncDisposable {
  git: Git;
  dataDir: string;
  /** Whether there is a sandbox. */
  isSandboxed: boolean;
  /** Processes that run now. */
  records: readonly ProcessRecord[];
  /** Makes a directory in the data directory, and returns its path. */
  directory(name: string): Promise<string>;
}

const PATH = process.env["PATH"] ?? "";

/** Git as the server opens it. */
export async function openTestGit(
  options: { mode?: "auto" | "off"; dataDir?: string } = {},
): Promise<TestGit> {
  if (options.dataDir !== undefined) await mkdir(options.dataDir, { recursive: true });
  const dataDir = options.dataDir ?? (await mkdtemp(join(await realpath(tmpdir()), "trunkline-git-")));
  const records: ProcessRecord[] = [];
  const ledger: ProcessLedger = {
    onSpawn: async (record) => void records.push(record),
    onExit: async (record) => void records.splice(records.indexOf(record), 1),
  };
  const owner = `test-${randomUUID()}`;
  const logger = pino({ level: "silent" });
  const sandbox = await openSandbox({
    sandbox: { mode: options.mode ?? "auto" },
    dataDir,
    owner,
    ledger,
    path: PATH,
    isShared: async () => false,
    logger,
  });
  const git = await openGit({
    sandboxed: sandbox.spawner,
    own: createBareSpawner({ owner, ledger }),
    program: await findProgram("git", PATH),
    path: PATH,
    dataDir,
    logger,
  });
  return {
    git,
    dataDir,
    records,
    isSandboxed: (await sandbox.state()).active,
    async directory(name) {
      const path = join(dataDir, name);
      await mkdir(path, { recursive: true });
      return path;
    },
    [Symbol.asyncDispose]: async () => rm(dataDir, { recursive: true, force: true }),
  };
}
