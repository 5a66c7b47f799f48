import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { SERVER_MAIN } from "../server-fixture.ts";
import type { Cluster } from "./cluster.ts";

/**
 * Faults of a cluster: a node is killed, or suspended for a while during which another is killed; PostgreSQL crashes; the nodes are
 * replaced one by one by this repository's version.
 */
export type Mishap = "kill" | "stop" | "postgres" | "upgrade";

export interface ChaosOptions {
  mishaps: readonly Mishap[];
  /** Duration over which they are spread, in ms. */
  duringMs: number;
  /** How long a node stays suspended, in ms. */
  stoppedMs: number;
  random: () => number;
  /** Called with a description of each fault. */
  onMishap: (what: string) => void;
}

/** How long killed nodes stay down, in ms. */
const AWAY_MS = 2_000;

/** Runs one fault after another; at the end all nodes and PostgreSQL are running. */
export async function causeChaos(cluster: Cluster, options: ChaosOptions): Promise<void> {
  const { mishaps, duringMs, stoppedMs, random, onMishap } = options;
  const pick = (except?: number): number => {
    const choices = cluster.nodes
      .keys()
      .filter((index) => index !== except)
      .toArray();
    return choices[Math.floor(random() * choices.length)] ?? 0;
  };
  async function killNode(index: number): Promise<void> {
    onMishap(`node-${index + 1}: kill -9`);
    await nodeAt(cluster, index).kill();
    await wait(AWAY_MS);
    await nodeAt(cluster, index).restart();
    onMishap(`node-${index + 1}: started`);
  }
  async function stopNode(index: number): Promise<void> {
    const { pid } = nodeAt(cluster, index);
    onMishap(`node-${index + 1}: SIGSTOP for ${stoppedMs / 1_000} s`);
    process.kill(pid, "SIGSTOP");
    try {
      await wait(stoppedMs / 2);
      await killNode(pick(index));
      await wait(Math.max(0, stoppedMs / 2 - AWAY_MS));
    } finally {
      process.kill(pid, "SIGCONT");
    }
    onMishap(`node-${index + 1}: SIGCONT`);
  }
  async function crashPostgres(): Promise<void> {
    onMishap("PostgreSQL: immediate restart");
    await cluster.postgres.restart("immediate");
    onMishap("PostgreSQL: accepts connections");
  }

  async function upgradeNodes(): Promise<void> {
    const restMs = duringMs / (mishaps.length + 1) / cluster.nodes.length;
    for (const [index, node] of cluster.nodes.entries()) {
      onMishap(`node-${index + 1}: upgrade`);
      await node.restart({ main: SERVER_MAIN });
      onMishap(`node-${index + 1}: started`);
      await wait(restMs);
    }
  }

  const stops = mishaps.filter((mishap) => mishap === "stop").length;
  const pauseMs = Math.max(0, duringMs - stops * stoppedMs) / (mishaps.length + 1);
  for (const mishap of mishaps) {
    await wait(pauseMs * (0.5 + random()));
    if (mishap === "kill") await killNode(pick());
    else if (mishap === "stop") await stopNode(pick());
    else if (mishap === "postgres") await crashPostgres();
    else await upgradeNodes();
  }
}

function nodeAt(cluster: Cluster, index: number): Cluster["nodes"][number] {
  const node = cluster.nodes[index];
  assert(node !== undefined);
  return node;
}
