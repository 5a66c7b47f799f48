/** Cost of one task by component, in ms of one core. */
export interface TaskCost {
  /** A node's process, whose event loop does one thing at a time. */
  nodeMs: number;
  /** PostgreSQL, whose connections run in parallel. */
  storeMs: number;
  /** The client, if it is on the same machine; 0: it is not. */
  clientMs: number;
  /** Successive round trips to the store, each ending with a flush to disk. */
  commits: number;
  /** Duration of a flush, in ms. It serves every commit that waits for it. */
  flushMs: number;
}

export interface Machine {
  /** Cores shared by nodes, store and clients. */
  cores: number;
  nodes: number;
  /** Committing connections per node. */
  lanes: number;
  /** Concurrent tasks in total. */
  tasksAtOnce: number;
}

type Stage = "node" | "store" | "flush" | "client";

interface Job {
  node: number;
  /** Remaining work of its stages, in order. */
  stage: number;
  leftMs: number;
}

/**
 * Simulates tasks passing through nodes, store and disk that share the cores of one machine: a node's event loop is one
 * server, the store has one per connection, and with more runnable than cores, each slows down in proportion.
 * @returns tasks per second.
 */
export function simulateThroughput(cost: TaskCost, machine: Machine, tasks = 4_000): number {
  const { cores, nodes, lanes, tasksAtOnce } = machine;
  const stages = stagesOf(cost);
  const waiting: Record<Stage, Job[][]> = {
    node: Array.from({ length: nodes }, () => []),
    store: Array.from({ length: nodes }, () => []),
    flush: [[]],
    client: [[]],
  };
  const enter = (job: Job): void => {
    const { stage, ms } = stages[job.stage] ?? { stage: "node", ms: 0 };
    job.leftMs = ms;
    waiting[stage][stage === "node" || stage === "store" ? job.node : 0]?.push(job);
  };
  for (let index = 0; index < tasksAtOnce; index++) enter({ node: index % nodes, stage: 0, leftMs: 0 });

  let now = 0;
  let done = 0;
  let measuredFrom = 0;
  let flushEndsAt = Number.POSITIVE_INFINITY;
  let flushing: Job[] = [];
  const warmUp = tasks / 5;
  while (done < tasks) {
    const running = [
      ...waiting.node.flatMap((queue) => queue.slice(0, 1)),
      ...waiting.store.flatMap((queue) => queue.slice(0, lanes)),
      ...(waiting.client[0] ?? []).slice(0, 1),
    ];
    const flushQueue = waiting.flush[0] ?? [];
    if (flushEndsAt === Number.POSITIVE_INFINITY && flushQueue.length > 0) {
      flushing = flushQueue.splice(0);
      flushEndsAt = now + cost.flushMs;
    }
    const speed = Math.min(1, cores / Math.max(1, running.length));
    const nextMs = running.reduce((least, { leftMs }) => Math.min(least, leftMs / speed), flushEndsAt - now);
    now += nextMs;
    const finished: Job[] = [];
    for (const job of running) {
      job.leftMs -= nextMs * speed;
      if (job.leftMs <= 1e-9) finished.push(job);
    }
    if (now >= flushEndsAt - 1e-9) {
      finished.push(...flushing);
      flushing = [];
      flushEndsAt = Number.POSITIVE_INFINITY;
    }
    const over = new Set(finished);
    for (const queues of [waiting.node, waiting.store, waiting.client]) {
      for (const [index, queue] of queues.entries()) queues[index] = queue.filter((job) => !over.has(job));
    }
    for (const job of finished) {
      job.stage += 1;
      if (job.stage === stages.length) {
        job.stage = 0;
        done += 1;
        if (done === warmUp) measuredFrom = now;
      }
      enter(job);
    }
  }
  return ((tasks - warmUp) / (now - measuredFrom)) * 1_000;
}

/** A task works on its node, commits, and so on; its client comes last. */
function stagesOf({ nodeMs, storeMs, clientMs, commits, flushMs }: TaskCost): { stage: Stage; ms: number }[] {
  const each = Array.from({ length: commits }, () => [
    { stage: "node" as const, ms: nodeMs / commits },
    { stage: "store" as const, ms: storeMs / commits },
    { stage: "flush" as const, ms: flushMs },
  ]);
  return [...each.flat(), { stage: "client" as const, ms: clientMs }].filter(({ ms }) => ms > 0);
}
