import { threadId } from "node:worker_threads";

/** What a test has a thread do. */
export type Trial =
  | { do: "answer"; value: unknown }
  | { do: "throw"; message: string }
  | { do: "spin" }
  | { do: "allocate" }
  | { do: "name the thread" }
  /** Says in the first cell that it runs, then waits until the second is set. */
  | { do: "hold"; cells: Int32Array<SharedArrayBuffer> };

export default function attempt(trial: Trial): unknown {
  switch (trial.do) {
    case "answer":
      return trial.value;
    case "throw":
      throw new TypeError(trial.message);
    case "spin":
      for (;;);
    case "allocate":
      for (const kept: unknown[] = []; ;) kept.push(Array.from({ length: 10_000 }, () => ({})));
    case "name the thread":
      return threadId;
    case "hold":
      Atomics.store(trial.cells, 0, 1);
      Atomics.notify(trial.cells, 0);
      Atomics.wait(trial.cells, 1, 0);
      return undefined;
  }
}
