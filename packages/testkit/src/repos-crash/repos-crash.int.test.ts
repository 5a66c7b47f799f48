import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FakeProviderProcess } from "../fake-provider/fake-provider-process.ts";
import { ServerFixture } from "../server-fixture.ts";
import { runReposSeed } from "./run-repos-seed.ts";
import { STAGES } from "./stages.ts";

let directory: string;
let provider: FakeProviderProcess;
let server: ServerFixture;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "trunkline-crash-repos-"));
  provider = await FakeProviderProcess.start();
  server = await ServerFixture.start({
    env: { ...provider.serverEnv, TRUNKLINE_PROJECT_ROOTS: directory },
  });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider.close();
  await rm(directory, { recursive: true, force: true });
});

/** A seed of `pnpm crash:repos` for each stage. */
it.each(STAGES)(
  "a kill during %s: nothing half-made is used, no work is lost, the source stays as it was",
  async (stage) => {
    expect(await runReposSeed(server, { seed: 1, stage, directory })).toMatchObject({ stage });
  },
  120_000,
);
