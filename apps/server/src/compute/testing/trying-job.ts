import { once } from "node:events";
import { connect } from "node:net";

/** Jobs for tests. */
export type Trial =
  | { do: "answer"; value: unknown }
  | { do: "throw"; message: string }
  | { do: "end"; code: number }
  | { do: "spin" }
  | { do: "allocate" }
  | { do: "name the process" }
  | { do: "show the environment" }
  /** Connects to this socket when it runs, then waits for its end. */
  | { do: "hold"; socket: string };

export default async function attempt(trial: Trial): Promise<unknown> {
  switch (trial.do) {
    case "answer":
      return trial.value;
    case "throw":
      throw new TypeError(trial.message);
    case "end":
      return process.exit(trial.code);
    case "spin":
      for (;;);
    case "allocate":
      for (const kept: unknown[] = []; ;) kept.push(Array.from({ length: 10_000 }, () => ({})));
    case "name the process":
      return process.pid;
    case "show the environment":
      return process.env;
    case "hold":
      await once(connect(trial.socket).resume(), "close");
      return undefined;
  }
}
