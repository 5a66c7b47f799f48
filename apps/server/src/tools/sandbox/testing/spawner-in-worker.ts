import { createSandboxSpawner, type SandboxSpawnerOptions } from "../sandbox-spawner.ts";

// Runs as a worker: the test expects the assertion in here to fail.
createSandboxSpawner({} as SandboxSpawnerOptions);
