import { spawn } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { SCHEMA } from "../postgres/connection-config.ts";
import { forgetNodes, liveNodes } from "../postgres/live-nodes.ts";
import { POSTGRES_MIGRATIONS } from "../postgres/postgres-migrations.ts";
import { BackupError } from "./backup-error.ts";

/** Writes PostgreSQL's tables to a file, as of one moment. @throws BackupError */
export async function dumpPostgres(url: string, file: string): Promise<void> {
  const options = ["--format=custom", `--schema=${SCHEMA}`, `--file=${file}`];
  const { child, ended } = start("pg_dump", options, connectionEnvironment(url));
  child.stdin.end();
  child.stdout.resume();
  await ended;
}

/**
 * Replaces PostgreSQL's tables, whichever version has made those that are there: all or none.
 * @param beforeCommit called when all of it is loaded, and nothing is replaced yet
 * @throws BackupError, also while a node runs on them, or for the dump of a later version
 */
export async function loadPostgres(
  url: string,
  file: string,
  beforeCommit: () => Promise<void> = async () => undefined,
): Promise<void> {
  const live = await liveNodes(url);
  if (live.length > 0)
    throw new BackupError(`Stop all nodes first: ${live.join(", ")} still runs on the database`);
  await assertKnown(file);
  await replaceTables(url, file, beforeCommit);
  await forgetNodes(url);
}

/** @throws BackupError for a foreign dump, or one of a later version */
async function assertKnown(file: string): Promise<void> {
  const { child, ended } = start("pg_restore", ["--data-only", "--table=kysely_migration", "--file=-", file]);
  child.stdin.end();
  let rows = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (rows += text));
  await ended;
  const applied = [...rows.matchAll(/^(\d{3}-\S+)\t/gm)].map(([, name = ""]) => name);
  if (applied.length === 0) throw new BackupError(`${file} is not a dump of Trunkline`);
  const unknown = applied.filter((name) => !Object.hasOwn(POSTGRES_MIGRATIONS, name));
  if (unknown.length === 0) return;
  throw new BackupError(
    `${file} was created by a later version of Trunkline (migration ${unknown.join(", ")}): restore it with that version`,
  );
}

/**
 * In one transaction of ours, which ends well only if the dump was read to its end: `pg_restore --clean` drops what is in the
 * dump, and cannot do so where a later version has added tables.
 */
async function replaceTables(url: string, file: string, beforeCommit: () => Promise<void>): Promise<void> {
  const psql = start(
    "psql",
    ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"],
    connectionEnvironment(url),
  );
  const isLoaded = heard(psql.child.stdout, LOADED);
  const dump = start("pg_restore", ["--no-owner", "--file=-", file]);
  dump.child.stdin.end();
  try {
    psql.child.stdin.write(
      `set client_min_messages = warning; begin; drop schema if exists ${SCHEMA} cascade;\n`,
    );
    await pipeline(dump.child.stdout, psql.child.stdin, { end: false });
    await dump.ended;
    psql.child.stdin.write(`\\echo ${LOADED}\n`);
    const endedEarly = psql.ended.then(() => {
      throw new BackupError("psql ended before all was loaded");
    });
    await Promise.race([isLoaded, endedEarly]);
    await beforeCommit();
    psql.child.stdin.end("commit;\n");
  } catch (error) {
    // Without the commit nothing has happened. Its own failure tells more than that it reads no further.
    psql.child.stdin.end();
    await psql.ended;
    dump.child.kill();
    throw error;
  }
  await psql.ended;
}

const LOADED = "trunkline-loaded";

/** Resolves once the output has this word. */
async function heard(output: NodeJS.ReadableStream, word: string): Promise<void> {
  let said = "";
  await new Promise<void>((resolve) => {
    output.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-1_000);
      if (said.includes(word)) resolve();
    });
  });
}

/** `ended` is rejected with a BackupError unless the program ends well. */
function start(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(program, args, {
    stdio: "pipe",
    // No address as an argument: everybody on the machine sees those.
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", ...env },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2_000);
  });
  const ended = once(child, "close").then(
    ([code]) => {
      if (code !== 0) throw new BackupError(`${program} failed: ${said.trim()}`);
    },
    (cause: unknown) => {
      throw new BackupError(`${program} can't be started: install PostgreSQL's client programs`, { cause });
    },
  );
  // Whoever awaits it may do so later, and what keeps it from reading is told by its end.
  ended.catch(() => undefined);
  child.stdin.on("error", () => undefined);
  return { child, ended };
}

/** A connection as libpq's programs take it. */
function connectionEnvironment(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  const given = {
    PGHOST: searchParams.get("host") ?? decodeURIComponent(hostname),
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    PGSSLMODE: searchParams.get("sslmode") ?? "",
    PGSSLROOTCERT: searchParams.get("sslrootcert") ?? "",
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
}
