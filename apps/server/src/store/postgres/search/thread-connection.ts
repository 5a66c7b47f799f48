import { Client } from "pg";
import { connectionConfig, type ConnectionLimits } from "../connection-config.ts";

/** The caller has given up by then. */
const LIMITS: ConnectionLimits = {
  statementMs: 10_000,
  lockMs: 5_000,
  idleInTransactionMs: 10_000,
  answerMs: 15_000,
  connectMs: 5_000,
};

/** Database access for jobs of the compute pool. */
export interface DatabaseAddress {
  /** May contain a password. */
  url: string;
  /** The node's name. */
  node: string;
}

/** Stays open until its thread ends, soon after the last job, or until it is lost. */
let open: { url: string; client: Promise<Client> } | undefined;

/** Does some work on this thread's connection. A thread runs one job at a time. */
export async function withConnection<T>(
  { url, node }: DatabaseAddress,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  if (open !== undefined && open.url !== url) await close();
  open ??= { url, client: connect(url, node) };
  try {
    return await work(await open.client);
  } catch (error) {
    // In the middle of a transaction, or lost: either way unusable.
    await close();
    throw error;
  }
}

async function connect(url: string, node: string): Promise<Client> {
  const client = new Client(connectionConfig(url, `${node} search`, LIMITS));
  // A connection lost while idle is noticed by the next user.
  client.on("error", () => undefined);
  await client.connect();
  // For a table that is still small, or has outdated statistics, the planner would prefer a scan.
  await client.query("set enable_seqscan = off");
  return client;
}

async function close(): Promise<void> {
  const client = open?.client;
  open = undefined;
  try {
    await (await client)?.end();
  } catch {
    // It was never open, or no longer is.
  }
}
