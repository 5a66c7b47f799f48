import { createSandboxSpawner, type SandboxSpawnerOptions } from "../sandbox-spawner.ts";

// Started as a worker: the assertion that fails in here is what the test waits for.
createSandboxSpawner({} as SandboxSpawnerOptions);
