import type { TestProject } from "vitest/node";
import { PostgresServer } from "./postgres-server.ts";
import { TEST_DATABASES } from "./test-database.ts";

/** Vitest's global setup for a project whose servers use PostgreSQL: one for the whole run. */
export default async function startForRun(project: TestProject): Promise<() => Promise<void>> {
  const server = await PostgresServer.start();
  project.config.env[TEST_DATABASES] = server.url("postgres");
  return async () => server[Symbol.asyncDispose]();
}
