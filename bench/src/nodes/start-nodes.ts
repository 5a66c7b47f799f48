import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FakeProviderProcess, PostgresServer } from "@trunkline/testkit";
import type { BenchRun, Server } from "../measures/bench-run.ts";

export interface Nodes extends AsyncDisposable {
  nodes: readonly Server[];
  /** Size of the database on disk. */
  storedBytes(): Promise<number>;
}

/** Servers on a new database, with a shared directory for workspaces. */
export async function startNodes(
  run: BenchRun,
  postgres: PostgresServer,
  count: number,
  provider?: FakeProviderProcess,
): Promise<Nodes> {
  await using resources = new AsyncDisposableStack();
  const sharedDir = await mkdtemp(join(tmpdir(), "trunkline-shared-"));
  resources.defer(async () => rm(sharedDir, { recursive: true, force: true }));
  const databaseUrl = await postgres.createDatabase();
  const env = { TRUNKLINE_DATABASE_URL: databaseUrl, TRUNKLINE_SHARED_DIR: sharedDir };
  const nodes: Server[] = [];
  for (let index = 0; index < count; index++) {
    const own = { ...env, TRUNKLINE_NODE_NAME: `node-${index + 1}` };
    nodes.push(resources.use(await run.startServer({ ...(provider && { provider }), env: own })));
  }
  const all = resources.move();
  const storedBytes = async (): Promise<number> => {
    const database = new URL(databaseUrl).pathname.slice(1);
    const [row] = await postgres.sql<{ bytes: string }>(
      "select pg_database_size(current_database()) as bytes",
      database,
    );
    return Number(row?.bytes);
  };
  return { nodes, storedBytes, [Symbol.asyncDispose]: async () => all.disposeAsync() };
}
