import { Client } from "pg";
import { connectionConfig, type ConnectionLimits } from "../connection-config.ts";

/** Whoever asked has given up by then. */
const LIMITS: ConnectionLimits = {
  statementMs: 10_000,
  lockMs: 5_000,
  idleInTransactionMs: 10_000,
  answerMs: 15_000,
  connectMs: 5_000,
};

/** How a job of the compute pool reaches the database. */
export interface DatabaseAddress {
  /** With a password maybe. */
  url: string;
  /** Of the node. */
  node: string;
}

/** Stays open until its thread ends, which it does soon after the last job, or until it is lost. */
let open: { url: string; client: Promise<Client> } | undefined;

/** Does some work on the connection of this thread. One job runs in a thread at a time. */
export async function withConnection<T>(
  { url, node }: DatabaseAddress,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  if (open !== undefined && open.url !== url) await close();
  open ??= { url, client: connect(url, node) };
  try {
    return await work(await open.client);
  } catch (error) {
    // In the middle of a transaction, or lost: either way it is of no more use.
    await close();
    throw error;
  }
}

async function connect(url: string, node: string): Promise<Client> {
  const client = new Client(connectionConfig(url, `${node} search`, LIMITS));
  // What is lost while nobody asks is seen by the next who does.
  client.on("error", () => undefined);
  await client.connect();
  // Of a table that is small still, or whose statistics are old, the planner would read all.
  await client.query("set enable_seqscan = off");
  return client;
}

async function close(): Promise<void> {
  const client = open?.client;
  open = undefined;
  try {
    await (await client)?.end();
  } catch {
    // It never was open, or is not any more.
  }
}
