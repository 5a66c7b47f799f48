import { execFile } from "node:child_process";
import { access, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Logger } from "pino";

const run = promisify(execFile);

/** Timeout until the sandbox works, in ms; it takes about twenty. */
const PROBE_LIMIT_MS = 10_000;

export interface WebSandboxOptions {
  /** Absolute path of bwrap; null if it is not installed. */
  bwrap: string | null;
  /** bwrap arguments for the system's programs and libraries. */
  system: readonly string[];
  /** Directory of the Next app. */
  directory: string;
  /** Program of the UI's process. */
  entry: string;
  /** Never shown, wherever it is. */
  dataDir: string;
  logger: Logger;
}

/**
 * Prepares a sandbox for the UI's process, so that a hole in Next finds neither the data directory nor another process:
 * it sees the system's programs, the app with its packages, and a tmpfs. It shares the server's network, because the
 * server reaches it over loopback.
 * @returns a prefix for its command line; null, with a warning, if there is no sandbox.
 */
export async function prepareWebSandbox(options: WebSandboxOptions): Promise<readonly string[] | null> {
  const { bwrap, logger } = options;
  try {
    if (bwrap === null) throw new Error("bubblewrap (bwrap) is not installed");
    const settings = [...(await sandboxArguments(options)), "--"];
    await run(bwrap, [...settings, process.execPath, "--version"], { timeout: PROBE_LIMIT_MS, env: {} });
    return [bwrap, ...settings];
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    logger.warn({ reason }, "the UI's process is not sandboxed");
    return null;
  }
}

async function sandboxArguments({ system, directory, entry, dataDir }: WebSandboxOptions): Promise<string[]> {
  const app = await realpath(directory);
  const program = dirname(await realpath(entry));
  const shown = new Set([
    ...(await withPackages(app)),
    ...(await withPackages(program)),
    await realpath(process.execPath),
    process.execPath,
    app,
    program,
  ]);
  // Next's cache must be writable, the app itself must not.
  const cache = join(app, ".next", "cache");
  const data = await realpath(dataDir);
  const hidden = (await exists(cache)) ? [cache] : [];
  if ([...shown, ...system].some((path) => path !== "/" && data.startsWith(`${path}/`))) hidden.push(data);
  const namespaces = "--unshare-user --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try";
  const life = "--cap-drop ALL --die-with-parent";
  const places = "--dev /dev --proc /proc --tmpfs /tmp --setenv HOME /tmp --chdir";
  return [
    ...`${namespaces} ${life}`.split(" "),
    ...system,
    ...places.split(" "),
    app,
    ...[...shown].flatMap((path) => ["--ro-bind", path, path]),
    ...hidden.flatMap((path) => ["--tmpfs", path]),
  ];
}

/** Files that Node looks up from a directory towards the root: packages and module types. */
async function withPackages(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (let at = directory; ; at = dirname(at)) {
    for (const name of ["package.json", "node_modules"]) {
      if (await exists(join(at, name))) found.push(join(at, name));
    }
    if (at === dirname(at)) return found;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
