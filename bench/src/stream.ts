/** The whole server beside its yardsticks; README.md explains the measures. */
import { BenchRun } from "./measures/bench-run.ts";
import { measureFanOut } from "./measures/fan-out.ts";
import { measureIdleSubscribers } from "./measures/idle-subscribers.ts";
import { measureNoOpTasks } from "./measures/no-op-tasks.ts";
import { measureQuietMemory } from "./measures/quiet-memory.ts";
import { measureReplay } from "./measures/replay.ts";
import { measureStartUp } from "./measures/start-up.ts";
import { measureTokenStreams } from "./measures/token-streams.ts";
import { runSuite } from "./run-suite.ts";

await runSuite(
  "stream",
  {
    start: measureStartUp,
    tokens: measureTokenStreams,
    "fan-out": measureFanOut,
    idle: measureIdleSubscribers,
    replay: measureReplay,
    tasks: measureNoOpTasks,
    "quiet-memory": measureQuietMemory,
  },
  (options) => new BenchRun(options),
);
