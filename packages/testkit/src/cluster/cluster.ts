import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresServer } from "../postgres/postgres-server.ts";
import { ServerFixture } from "../server-fixture.ts";
import { Front } from "./front.ts";

export interface ClusterOptions {
  /** Default 3. */
  nodes?: number;
  /** Program of every node; default: this repository's server. */
  main?: string | undefined;
  /** Of every node. */
  env?: Record<string, string>;
}

/** Servers on one database and one shared directory, each with a data directory of its own, and a load balancer before them. */
export class Cluster implements AsyncDisposable {
  readonly postgres: PostgresServer;
  readonly databaseUrl: string;
  readonly nodes: readonly ServerFixture[];
  readonly front: Front;
  /** Of workspaces and blobs. */
  readonly sharedDir: string;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    parts: Pick<Cluster, "postgres" | "databaseUrl" | "nodes" | "front" | "sharedDir">,
    resources: AsyncDisposableStack,
  ) {
    this.postgres = parts.postgres;
    this.databaseUrl = parts.databaseUrl;
    this.nodes = parts.nodes;
    this.front = parts.front;
    this.sharedDir = parts.sharedDir;
    this.#resources = resources;
  }

  static async start({ nodes: count = 3, main, env = {} }: ClusterOptions = {}): Promise<Cluster> {
    await using resources = new AsyncDisposableStack();
    const sharedDir = await mkdtemp(join(tmpdir(), "trunkline-shared-"));
    resources.defer(async () =>
      rm(sharedDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
    );
    const postgres = resources.use(await PostgresServer.start());
    const databaseUrl = await postgres.createDatabase();
    const front = resources.use(await Front.start());
    const hosts = [new URL(front.url).host, env["TRUNKLINE_ALLOWED_HOSTS"] ?? ""];
    const started = await Promise.allSettled(
      Array.from({ length: count }, async (_, index) => {
        const own = {
          TRUNKLINE_SHARED_DIR: sharedDir,
          TRUNKLINE_NODE_NAME: `node-${index + 1}`,
          TRUNKLINE_ALLOWED_HOSTS: hosts.join(","),
        };
        return ServerFixture.start({
          databaseUrl,
          env: { ...env, ...own },
          ...(main !== undefined && { main }),
        });
      }),
    );
    const nodes = started.flatMap((node) => (node.status === "fulfilled" ? [resources.use(node.value)] : []));
    for (const node of started) if (node.status === "rejected") throw node.reason;
    for (const { url } of nodes) front.add(url);
    return new Cluster({ postgres, databaseUrl, nodes, front, sharedDir }, resources.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
