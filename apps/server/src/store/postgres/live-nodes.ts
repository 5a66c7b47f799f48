import { Client } from "pg";
import { connectionConfig, NO_LIMITS } from "./connection-config.ts";

/** @returns names of nodes whose lease holds */
export async function liveNodes(url: string): Promise<string[]> {
  const client = new Client(connectionConfig(url, "nodes", NO_LIMITS));
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ found: string | null }>(
      "select to_regclass('nodes') as found",
    );
    if (tables[0]?.found === null) return [];
    const { rows } = await client.query<{ name: string }>(
      "select name from nodes where expires_at > extract(epoch from clock_timestamp()) * 1000 order by name",
    );
    return rows.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** Those that a restored database names do not run on it; a new one need not wait until they count as dead. */
export async function forgetNodes(url: string): Promise<void> {
  const client = new Client(connectionConfig(url, "restore", NO_LIMITS));
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("delete from nodes");
    await client.query("delete from shared_directory_nodes");
  } finally {
    await client.end();
  }
}
