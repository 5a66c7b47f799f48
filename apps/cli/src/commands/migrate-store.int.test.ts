import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PostgresServer, readLog, ServerFixture } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";

it("moves a server's store to PostgreSQL and back, once the server has stopped", async () => {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-migrate-"));
  await using postgres = await PostgresServer.start();
  await using server = await ServerFixture.start();
  try {
    const url = await postgres.createDatabase();
    const session = await server.client.session.create.mutate({ title: "kept" });
    const log = await readLog(server.client, session.id);
    const migrate = async (from: string, to: string, ...more: string[]) =>
      CliProcess.run(["migrate-store", "--from", from, "--to", to, ...more], {});

    const early = await migrate(server.dataDir, url);
    expect(early).toMatchObject({ exitCode: 1, err: expect.stringContaining(String(server.pid)) });
    await server.stop();

    const there = await migrate(server.dataDir, url);
    expect(there).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^Migrated 1 sessions, 1 events, \d+ rows: all rows are equal\n$/),
      err: expect.stringContaining("Every row is what its log says."),
    });
    const twice = await migrate(server.dataDir, url);
    expect(twice).toMatchObject({ exitCode: 1, err: expect.stringContaining("holds a store already") });

    // Without the address, and its password, among the arguments.
    const back = await CliProcess.run(["migrate-store", "--to", directory, "--json"], {
      TRUNKLINE_DATABASE_URL: url,
    });
    expect(back.exitCode).toBe(0);
    expect(JSON.parse(back.out)).toMatchObject({ sessions: 1, events: 1, isResumed: false });
    await server.restart();
    expect(await readLog(server.client, session.id)).toEqual(log);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
