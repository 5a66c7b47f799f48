import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { promisify } from "node:util";
import { pino } from "pino";
import { beforeEach, expect, test } from "vitest";
import type { Config } from "../../config/config.ts";
import type { ProcessLedger } from "../port.ts";
import { openSandbox } from "./open-sandbox.ts";
import { NO_SMALL_DISK, SmallDisk } from "../../store/testing/small-disk.ts";
import { alteredBwrap, putBwrap } from "./testing/altered-bwrap.ts";
import { bwrap, NO_BWRAP } from "./testing/sandbox-bench.ts";

beforeEach(({ skip }) => skip(bwrap === null, NO_BWRAP));

class Opening implements AsyncDisposable {
  readonly dataDir: string;
  logged = "";
  isShared = false;

  constructor(dataDir: string) {
    this.dataDir = dataDir;
  }

  static async create(): Promise<Opening> {
    return new Opening(await mkdtemp(join(await realpath(tmpdir()), "trunkline-opening-")));
  }

  async open(
    sandbox: Config["sandbox"],
    path = process.env["PATH"] ?? "",
    onSpawn: ProcessLedger["onSpawn"] = async () => undefined,
  ) {
    const destination = new Writable({
      write: (line: Buffer, _encoding, callback) => {
        this.logged += line.toString();
        callback();
      },
    });
    return openSandbox({
      sandbox,
      dataDir: this.dataDir,
      owner: `test-${crypto.randomUUID()}`,
      ledger: { onSpawn, onExit: async () => undefined },
      path,
      isShared: async () => this.isShared,
      logger: pino(destination),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

const AUTO: Config["sandbox"] = { mode: "auto" };
const REQUIRED: Config["sandbox"] = { mode: "required" };

/** Runs a command that tells whether it is among the first of its process namespace. */
async function countsProcesses({ spawner }: Awaited<ReturnType<Opening["open"]>>, cwd: string) {
  let output = "";
  const running = await spawner.spawn({
    argv: ["bash", "-c", "ls -d /proc/[0-9]* 2>/dev/null | wc -l"],
    cwd,
    environment: { PATH: process.env["PATH"] ?? "" },
    onOutput: (bytes) => void (output += Buffer.from(bytes).toString()),
    network: "off",
  });
  await running.exited;
  await running.end();
  return Number(output);
}

test("where the probe passes, `auto` and `required` use the sandbox, and nothing is said", async () => {
  await using opening = await Opening.create();
  await using workspace = await Opening.create();
  const auto = await opening.open(AUTO);
  expect(await auto.state()).toEqual({ mode: "auto", active: true, reason: null });
  const required = await opening.open(REQUIRED);
  expect(await required.state()).toEqual({ mode: "required", active: true, reason: null });
  expect(await countsProcesses(required, workspace.dataDir)).toBeLessThan(6);
  expect(opening.logged).toBe("");
});

test("`off` runs commands on the machine, and warns", async () => {
  await using opening = await Opening.create();
  const off = await opening.open({ mode: "off" });
  expect(await off.state()).toEqual({ mode: "off", active: false, reason: "TRUNKLINE_SANDBOX is off" });
  expect(opening.logged).toContain("WITHOUT A SANDBOX");
  expect(await countsProcesses(off, opening.dataDir)).toBeGreaterThan(4);
});

test("where bwrap cannot do it, `auto` warns and says why, `required` refuses", async () => {
  await using opening = await Opening.create();
  const old = await putBwrap(opening.dataDir, "echo 'bwrap: Unknown option --disable-userns' >&2; exit 1");
  const { state, spawner } = await opening.open(AUTO, old);
  expect(await state()).toEqual({
    mode: "auto",
    active: false,
    reason:
      "The sandbox cannot be started: bwrap: Unknown option --disable-userns (bubblewrap 0.8 or newer is needed)",
  });
  expect(opening.logged).toContain("WITHOUT A SANDBOX");
  expect(opening.logged).toContain("Unknown option");
  await expect(opening.open(REQUIRED, old)).rejects.toThrow(
    /TRUNKLINE_SANDBOX is 'required', but there is no sandbox: .*Unknown option.*'auto'/,
  );
  expect(await countsProcesses({ state, spawner }, opening.dataDir)).toBeGreaterThan(4);
});

test("where the disk is full, or memory, files or processes run out, `auto` refuses commands until it can be tried", async () => {
  await using opening = await Opening.create();
  let code: string | null = "ENOSPC";
  const onSpawn = async (): Promise<void> => {
    if (code !== null) throw Object.assign(new Error(`${code}: a write`), { code });
  };
  const full = await opening.open(AUTO, undefined, onSpawn);
  expect(opening.logged).not.toContain("WITHOUT A SANDBOX");
  expect(full.spawner.isSandboxed).toBe(true);
  for (code of ["ENOSPC", "EMFILE"]) {
    await expect(countsProcesses(full, opening.dataDir)).rejects.toThrow(
      `Commands do not run now, as their sandbox cannot be set up: ${code}: a write`,
    );
    expect(await full.state()).toEqual({
      mode: "auto",
      active: false,
      reason: `commands are refused until it can be set up: ${code}: a write`,
    });
  }
  const told = await putBwrap(
    opening.dataDir,
    "echo 'bwrap: Creating new namespace failed: Resource temporarily unavailable' >&2; exit 1",
  );
  expect(await (await opening.open(AUTO, told)).state()).toMatchObject({
    active: false,
    reason: expect.stringContaining("commands are refused until it can be set up") as string,
  });
  code = null;
  await using workspace = await Opening.create();
  expect(await countsProcesses(full, workspace.dataDir)).toBeLessThan(6);
  expect(await full.state()).toEqual({ mode: "auto", active: true, reason: null });
});

test("where there is no room for what the sandbox is made of, `auto` refuses commands until there is", async ({
  skip,
}) => {
  await using disk = await SmallDisk.mount(8);
  if (disk === undefined) return skip(NO_SMALL_DISK);
  const opening = new Opening(join(disk.path, "data"));
  await mkdir(opening.dataDir);
  disk.fill();
  const full = await opening.open(AUTO);
  expect(opening.logged).not.toContain("WITHOUT A SANDBOX");
  await expect(countsProcesses(full, opening.dataDir)).rejects.toThrow("Commands do not run now");
  disk.makeRoom();
  await using workspace = await Opening.create();
  expect(await countsProcesses(full, workspace.dataDir)).toBeLessThan(6);
});

test("where the temporary directory is gone, `auto` refuses commands until it is there", async () => {
  await using opening = await Opening.create();
  const before = process.env["TMPDIR"];
  const missing = join(opening.dataDir, "tmp");
  process.env["TMPDIR"] = missing;
  try {
    const opened = await opening.open(AUTO);
    expect(opening.logged).not.toContain("WITHOUT A SANDBOX");
    await expect(countsProcesses(opened, opening.dataDir)).rejects.toThrow("Commands do not run now");
    await mkdir(missing);
    await using workspace = await Opening.create();
    expect(await countsProcesses(opened, workspace.dataDir)).toBeLessThan(6);
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
});

test("without a sandbox commands are refused as soon as there is more than one user, and then only", async () => {
  await using opening = await Opening.create();
  const without = await putBwrap(opening.dataDir, "exit 1");
  for (const opened of [await opening.open(AUTO, without), await opening.open({ mode: "off" })]) {
    opening.isShared = true;
    await expect(countsProcesses(opened, opening.dataDir)).rejects.toThrow(
      /^Commands do not run on this server: it has more than one user and no sandbox \(.+\)/,
    );
    expect(await opened.state()).toMatchObject({
      active: false,
      reason: expect.stringContaining("commands are refused: it has more than one user") as string,
    });
    opening.isShared = false;
    expect(await countsProcesses(opened, opening.dataDir)).toBeGreaterThan(4);
    expect((await opened.state()).reason).not.toContain("refused");
  }
  opening.isShared = true;
  await using workspace = await Opening.create();
  expect(await countsProcesses(await opening.open(AUTO), workspace.dataDir)).toBeLessThan(6);
});

const drop = (flag: string, values = 0): string =>
  `if [ "$a" = ${flag} ]; then skip=${values}; elif [ "\${skip:-0}" -gt 0 ]; then skip=$((skip - 1)); else keep; fi`;

/** Each: a promise broken by a change of the arguments, and what the probe reports. */
const BROKEN: Record<string, { alter: string; says: RegExp }> = {
  "the network": { alter: drop("--unshare-net"), says: /the net namespace is the server's/ },
  processes: {
    alter: `case $a in --unshare-pid|--as-pid-1) ;; *) keep ;; esac`,
    // For root the namespace's limit fails first, and must, or the whole machine would get it.
    says: /the pid namespace is the server's|no namespace to be limited/,
  },
  ipc: { alter: drop("--unshare-ipc"), says: /the ipc namespace is the server's/ },
  "the host's name": {
    alter: `[ "$a" = --unshare-uts ] || { ${drop("--hostname", 1)}; }`,
    says: /the uts namespace is the server's/,
  },
  "user namespaces": {
    // The filter still denies them.
    alter: `case $a in --disable-userns|--assert-userns-disabled) ;; *) ${drop("--seccomp", 1)} ;; esac`,
    says: /user namespaces can be made/,
  },
  "the filter of system calls (H7)": {
    alter: drop("--seccomp", 1),
    says: /system calls are not filtered/,
  },
  "a supervisor that can be inspected (H22)": {
    alter: `case $a in */sandbox/supervisor) add /bin/bash ;; *) keep ;; esac`,
    says: /the supervisor can be inspected/,
  },
  capabilities: {
    alter: `if [ "$a" = --cap-drop ]; then add --cap-add; else keep; fi`,
    says: /capabilities are left/,
  },
  "the kernel's settings": {
    alter: `if [ "$a" = --remount-ro ]; then held=1; elif [ "$held" = 1 ]; then held=0; [ "$a" = /proc ] || add --remount-ro "$a"; else keep; fi`,
    says: /the kernel's settings can be written/,
  },
  "the root": {
    alter: `if [ "$a" = --remount-ro ]; then held=1; elif [ "$held" = 1 ]; then held=0; [ "$a" = / ] || add --remount-ro "$a"; else keep; fi`,
    says: /\/ can be written/,
  },
  "what lies beside the workspace": {
    alter: `[ "$a" = --chdir ] && add --ro-bind /tmp /tmp; keep`,
    says: /the data directory can be seen/,
  },
  "a workspace that is lost": {
    alter: `if [ "$a" = --bind ]; then add --tmpfs; skip=1; elif [ "\${skip:-0}" -gt 0 ]; then skip=0; else keep; fi`,
    says: /what is written into the workspace is lost/,
  },
  "a workspace that cannot be written": {
    alter: `if [ "$a" = --bind ]; then add --ro-bind; else keep; fi`,
    says: /the workspace cannot be written/,
  },
};

for (const [name, { alter, says }] of Object.entries(BROKEN)) {
  test(`the probe finds it out: ${name}`, async ({ skip }) => {
    skip(name === "the kernel's settings" && process.getuid?.() !== 0, "only root may write them at all");
    await using programs = await Opening.create();
    await using opening = await Opening.create();
    const opened = await opening.open(AUTO, await alteredBwrap(programs.dataDir, alter));
    const state = await opened.state();
    expect(state.active).toBe(false);
    expect(state.reason).toMatch(says);
  });
}

/** In a process of its own, which has lower limits than it gives to commands. */
const BELOW_LIMITS = `
  const { openSandbox } = await import("./open-sandbox.ts");
  const logger = { warn: (fields) => console.log(fields.reason), error: (fields) => console.log(fields.reason) };
  const none = async () => undefined;
  const { state, spawner } = await openSandbox({
    sandbox: { mode: "auto" }, dataDir: process.env.DATA, owner: "test-" + crypto.randomUUID(), ledger: { onSpawn: none, onExit: none },
    path: process.env.PATH, isShared: async () => false, logger,
  });
  console.log((await state()).active);
  const running = await spawner.spawn({
    argv: ["bash", "-c", "ulimit -n; ulimit -f"], cwd: process.env.WORKSPACE, environment: { PATH: process.env.PATH },
    onOutput: (bytes) => void process.stdout.write(bytes), network: "off",
  });
  await running.exited;
  await running.end();
`;

test("a machine whose limits are lower has a sandbox with those, and says nothing of it", async () => {
  await using opening = await Opening.create();
  await using workspace = await Opening.create();
  const limits = 'ulimit -n 500; ulimit -f 100000; exec "$0" --input-type=module -e "$1"';
  const { stdout } = await promisify(execFile)("bash", ["-c", limits, process.execPath, BELOW_LIMITS], {
    cwd: import.meta.dirname,
    env: { PATH: process.env["PATH"], DATA: opening.dataDir, WORKSPACE: workspace.dataDir },
  });
  expect(stdout.trim().split("\n")).toEqual(["true", "500", "100000"]);
});
