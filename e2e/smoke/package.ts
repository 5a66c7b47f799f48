/*
 * `pnpm test:package`: the packed `trunkline`, installed from its tarball into an empty folder by a user of its own who
 * can't see this repository, with the machine's Node (20 or newer) and with the one that runs this. For each: install,
 * start, the first task by the command line, by the API and in Chromium, with the time that it took. Needs root, for `useradd`.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient, followTask } from "@trunkline/client";
import { taskInBrowser } from "./task-in-browser.ts";

const USER = "trunkline-smoke";
const HOME = `/home/${USER}`;

const root = fileURLToPath(new URL("../..", import.meta.url));
const packed = mkdtempSync(join(tmpdir(), "trunkline-packed-"));
execFileSync("useradd", ["--create-home", "--home-dir", HOME, USER]);
try {
  execFileSync(process.execPath, [join(root, "scripts", "pack-release.mjs"), packed], { stdio: "inherit" });
  chmodSync(packed, 0o755);
  mkdirSync(join(HOME, "new-node", "bin"), { recursive: true });
  cpSync(process.execPath, join(HOME, "new-node", "bin", "node"));
  const system = "/usr/bin:/bin:/usr/sbin:/sbin";
  for (const path of [system, `${HOME}/new-node/bin:${system}`]) await tryWith(path);
} finally {
  execFileSync("userdel", ["--remove", USER], { stdio: "ignore" });
  rmSync(packed, { recursive: true, force: true });
}

async function tryWith(path: string): Promise<void> {
  // How this machine reaches the registry.
  const network = Object.entries(process.env).flatMap(([name, value]) =>
    /^(NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy|npm_config_(registry|cafile))$/i.test(name)
      ? [`${name}=${value}`]
      : [],
  );
  const env = ["env", "-i", `HOME=${HOME}`, `PATH=${path}`, ...network];
  const as = (directory: string, program: string, ...args: string[]): string =>
    execFileSync("runuser", ["-u", USER, "--", ...env, program, ...args], {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    }).trim();
  const version = as(HOME, "node", "--version");
  const tarball = join(packed, readdirSync(packed).find((name) => /^trunkline-\d/.test(name)) ?? "");
  const install = (directory: string): void => {
    as(HOME, "mkdir", directory);
    as(directory, "npm", "install", "--no-audit", "--no-fund", "--loglevel", "error", tarball);
  };
  const trunkline = join("node_modules", ".bin", "trunkline");
  const data = `${HOME}/data-${version}`;

  // Fills npm's cache.
  install(`${HOME}/before-${version}`);
  as(`${HOME}/before-${version}`, trunkline, "--version");

  const startedAt = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedAt) / 100) / 10;
  const folder = `${HOME}/empty-${version}`;
  install(folder);
  const installed = seconds();
  const run = (...args: string[]): string => as(folder, trunkline, "--data-dir", data, ...args);
  const { url } = JSON.parse(run("serve", "--detach", "--port", "0", "--json")) as { url: string };
  const ready = seconds();
  try {
    await taskInBrowser({
      signInUrl: run("login"),
      prompt: "run: echo $((6 * 7)) in $PWD",
      answer: /42 in \/.*\/workspaces\//,
    });
    const inBrowser = seconds();

    const printed = run("run", "run: rg --version | head -1");
    if (!/ripgrep \d/.test(printed)) throw new Error(`The command line printed:\n${printed}`);
    const client = createClient({ url, token: as(HOME, "cat", join(data, "token")) });
    const events: string[] = [];
    for await (const { type } of followTask(
      client,
      await client.task.submit.mutate({ prompt: "say: hello" }),
    )) {
      events.push(type);
    }
    if (events.at(-1) !== "task.completed") throw new Error(`The API ended with ${events.at(-1)}`);
    const uid = as(HOME, "stat", "-c", "%U", join(data, "token"));
    process.stdout.write(
      `Node ${version}, as ${uid}: installed in ${installed} s, ready after ${ready} s, ` +
        `first task in Chromium done after ${inBrowser} s\n`,
    );
  } finally {
    run("stop");
  }
}
