import { threadId } from "node:worker_threads";

/** Jobs for tests. */
export type Trial =
  | { do: "answer"; value: unknown }
  | { do: "throw"; message: string }
  | { do: "spin" }
  | { do: "allocate" }
  | { do: "name the thread" }
  /** Sets the first cell when it runs, then waits for the second. */
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
