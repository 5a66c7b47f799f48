import { spawn } from "node:child_process";
import { once } from "node:events";
import { SCHEMA } from "../postgres/connection-config.ts";
import { forgetNodes, liveNodes } from "../postgres/live-nodes.ts";
import { BackupError } from "./backup-error.ts";

/** Writes PostgreSQL's tables to a file, as of one moment. @throws BackupError */
export async function dumpPostgres(url: string, file: string): Promise<void> {
  await run("pg_dump", url, ["--format=custom", `--schema=${SCHEMA}`, `--file=${file}`]);
}

/** Replaces PostgreSQL's tables, all or none. @throws BackupError, also while a node runs on them */
export async function loadPostgres(url: string, file: string): Promise<void> {
  const live = await liveNodes(url);
  if (live.length > 0)
    throw new BackupError(`Stop all nodes first: ${live.join(", ")} still runs on the database`);
  const { PGDATABASE } = connectionEnvironment(url);
  const options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"];
  await run("pg_restore", url, [...options, `--dbname=${PGDATABASE}`, file]);
  await forgetNodes(url);
}

async function run(program: string, url: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    // Not an argument: everybody on the machine sees those.
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", ...connectionEnvironment(url) },
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2_000);
  });
  const [code] = (await once(child, "close").catch((cause: unknown) => {
    throw new BackupError(`${program} can't be started: install PostgreSQL's client programs`, { cause });
  })) as [number | null];
  if (code !== 0) throw new BackupError(`${program} failed: ${said.trim()}`);
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
