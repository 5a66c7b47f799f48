import { flushCompileCache } from "node:module";
import packageJson from "../package.json" with { type: "json" };
import { startServer } from "./compose/compose.ts";
import { readConfig } from "./config/config.ts";
import { prepareDataDir } from "./data-dir/data-dir.ts";
import { Lifecycle } from "./lifecycle.ts";
import { printable } from "./common/printable.ts";
import { shareLookups } from "./network/shared-lookups.ts";

/** Maximum duration of a shutdown, in ms. */
const SHUTDOWN_LIMIT_MS = 15_000;
/** Ctrl-C may arrive twice, directly and through the parent process, within this time, in ms. */
const SAME_SIGNAL_MS = 500;

const startedAt = performance.now();
const lifecycle = new Lifecycle();
let exitCode = 0;
/** Set once the server runs. */
let drain: (() => Promise<void>) | undefined;

function explain(message: string): void {
  process.stderr.write(`trunkline: ${message.split("\n").map(printable).join("\n  ")}\n`);
}

async function shutDown(): Promise<never> {
  if (exitCode === 0) await drain?.();
  setTimeout(() => process.exit(1), SHUTDOWN_LIMIT_MS).unref();
  await lifecycle.stop((part, error) => explain(`${part} did not stop cleanly: ${String(error)}`));
  process.exit(exitCode);
}

/** What keeps the server from listening, and what to do; null for other errors. */
function listenProblem(error: unknown): string | null {
  const { code, syscall, address, port } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (syscall !== "listen") return null;
  if (code === "EADDRINUSE") return `Port ${port} is in use. Choose another: TRUNKLINE_PORT`;
  if (code === "EACCES") return `Port ${port} needs special rights. Choose one above 1023: TRUNKLINE_PORT`;
  if (code === "EADDRNOTAVAIL")
    return `${address} is not an address of this machine. Choose another: TRUNKLINE_HOST`;
  return null;
}

/** Nothing more can be guaranteed: log why, end what can be ended, and exit with an error. */
function fail(error: unknown): void {
  explain(listenProblem(error) ?? (error instanceof Error ? error.message : String(error)));
  exitCode = 1;
  void shutDown();
}

let askedAt: number | undefined;
function onSignal(): void {
  if (askedAt === undefined) {
    askedAt = performance.now();
    void shutDown();
  } else if (performance.now() - askedAt > SAME_SIGNAL_MS) {
    process.exit(130);
  }
}
process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);
process.on("uncaughtException", fail);

try {
  const config = readConfig();
  shareLookups();
  await prepareDataDir(config.dataDir);
  const server = await startServer({ config, version: packageJson.version, lifecycle, onFatal: fail });
  const { url, signInUrl, recovery } = server;
  drain = async () => server.drain(config.drainMs);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  process.stdout.write(
    `\n  Trunkline ${packageJson.version} serves ${url} (ready in ${seconds} s)\n\n  Sign in: ${signInUrl}\n\n`,
  );
  if (recovery !== null) {
    process.stdout.write(`  For ${recovery.userName}, once, within a week: ${recovery.url}\n\n`);
  }
  // Now, because a killed process has no chance to.
  flushCompileCache();
} catch (error) {
  fail(error);
}
