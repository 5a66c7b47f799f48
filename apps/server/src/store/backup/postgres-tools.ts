import { spawn } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { SCHEMA } from "../postgres/connection-config.ts";
import { forgetNodes, liveNodes } from "../postgres/live-nodes.ts";
import { POSTGRES_MIGRATIONS } from "../postgres/postgres-migrations.ts";
import { TABLES_OF_LINKS } from "./access-in-backup.ts";
import { BackupError } from "./backup-error.ts";

export interface LoadOptions {
  /** Whether nothing in the dump lets anybody in: no token, invitation or link. */
  revokesAccess?: boolean;
  /** Called when all of it is loaded, and nothing is replaced yet. */
  beforeCommit?: () => Promise<void>;
}

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
 * @returns the number of valid tokens and signed-in browsers
 * @throws BackupError, also while a node runs on them, or for the dump of a later version
 */
export async function loadPostgres(url: string, file: string, options: LoadOptions = {}): Promise<number> {
  await requireNoNodes(url);
  await assertKnown(file);
  const tokens = await replaceTables(url, file, options);
  await forgetNodes(url);
  return tokens;
}

/** @throws BackupError while a node runs on the database */
export async function requireNoNodes(url: string): Promise<void> {
  const live = await liveNodes(url);
  if (live.length > 0)
    throw new BackupError(`Stop all nodes first: ${live.join(", ")} still runs on the database`);
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
async function replaceTables(
  url: string,
  file: string,
  { revokesAccess = false, beforeCommit }: LoadOptions,
): Promise<number> {
  const psql = start(
    "psql",
    ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"],
    connectionEnvironment(url),
  );
  const loaded = heard(psql.child.stdout, LOADED);
  const dump = start("pg_restore", ["--no-owner", "--file=-", file]);
  dump.child.stdin.end();
  let tokens: number;
  try {
    psql.child.stdin.write(
      `set client_min_messages = warning; begin; drop schema if exists ${SCHEMA} cascade;\n`,
    );
    await pipeline(dump.child.stdout, psql.child.stdin, { end: false });
    await dump.ended;
    psql.child.stdin.write(`${revokesAccess ? REVOKE_ACCESS : ""}${COUNT_TOKENS}`);
    const endedEarly = psql.ended.then(() => {
      throw new BackupError("psql ended before all was loaded");
    });
    tokens = Number(await Promise.race([loaded, endedEarly]));
    await beforeCommit?.();
    psql.child.stdin.end("commit;\n");
  } catch (error) {
    // Without the commit nothing has happened. Its own failure tells more than that it reads no further.
    psql.child.stdin.end();
    await psql.ended;
    dump.child.kill();
    throw error;
  }
  await psql.ended;
  return tokens;
}

const NOW_MS = "(extract(epoch from clock_timestamp()) * 1000)::bigint";
/** A dump of an earlier version lacks some of these tables. */
const REVOKE_ACCESS = `
  update ${SCHEMA}.tokens set revoked_at = ${NOW_MS} where revoked_at is null;
  do $$ declare name text; begin
    foreach name in array array['${TABLES_OF_LINKS.join("', '")}'] loop
      if to_regclass('${SCHEMA}.' || name) is not null then execute 'delete from ${SCHEMA}.' || name; end if;
    end loop;
  end $$;
`;
const LOADED = /trunkline-loaded (\d+)\s/;
const COUNT_TOKENS = `
  select 'trunkline-loaded ' || count(*) from ${SCHEMA}.tokens
  where revoked_at is null and (expires_at is null or expires_at > ${NOW_MS});
`;

/** What the output has in this place. */
async function heard(output: NodeJS.ReadableStream, place: RegExp): Promise<string> {
  let said = "";
  return new Promise((resolve) => {
    output.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-1_000);
      const [, found] = place.exec(said) ?? [];
      if (found !== undefined) resolve(found);
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
