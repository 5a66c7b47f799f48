import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FakeProviderProcess } from "../fake-provider/fake-provider-process.ts";
import { TEST_DATABASES } from "../postgres/test-database.ts";
import { ServerFixture } from "../server-fixture.ts";
import { runSeed } from "./run-seed.ts";

/** A few seeds of `pnpm crash`, so that every change meets real kills. */
describe("crash", () => {
  let provider: FakeProviderProcess;
  beforeAll(async () => {
    provider = await FakeProviderProcess.start();
  });
  afterAll(async () => provider.close());

  const seeds = process.env[TEST_DATABASES] === undefined ? [1, 2] : [4];
  it.each(seeds)("seed %i: nothing acknowledged is lost, doubled or left behind", async (seed) => {
    await using server = await ServerFixture.start({ env: provider.serverEnv });
    const { kills, acknowledged } = await runSeed(server, seed, { goesOnWithinMs: 60_000 });
    expect(kills).toBeGreaterThan(0);
    expect(acknowledged).toBe(9);
  });
});
