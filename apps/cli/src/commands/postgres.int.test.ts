import { PostgresServer, ServerFixture } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";

it("finds, checks and explains a server whose data is in PostgreSQL, and never tells the password", async () => {
  await using postgres = await PostgresServer.start();
  const url = new URL(await postgres.createDatabase());
  url.password = "hunter2";
  const databaseUrl = url.href;
  await using server = await ServerFixture.start({ databaseUrl });
  const env = { TRUNKLINE_DATA_DIR: server.dataDir, TRUNKLINE_DATABASE_URL: databaseUrl };
  await server.client.session.create.mutate({ title: "kept" });

  const found = await CliProcess.run(["sessions"], { TRUNKLINE_DATA_DIR: server.dataDir });
  expect(found).toMatchObject({ exitCode: 0, out: expect.stringContaining("kept") });
  const checked = await CliProcess.run(["doctor", "--verify", "--json"], env);
  expect(checked.out).toContain('"message":"1 sessions, 1 events: every row is what its log says"');
  const backup = await CliProcess.run(["backup", "x.db"], env);
  expect(backup).toMatchObject({ exitCode: 1, err: expect.stringContaining("pg_dump --format=custom") });
  const restore = await CliProcess.run(["restore", "x.db"], env);
  expect(restore).toMatchObject({ exitCode: 1, err: expect.stringContaining("pg_restore --clean") });

  const away = new URL(databaseUrl);
  away.port = "1";
  const unreachable = await CliProcess.run(["doctor", "--verify"], {
    ...env,
    TRUNKLINE_DATABASE_URL: away.href,
  });
  expect(unreachable).toMatchObject({
    exitCode: 1,
    out: expect.stringContaining("The rows in PostgreSQL cannot be read"),
  });
  for (const { out, err } of [found, checked, backup, restore, unreachable]) {
    expect(out + err).not.toContain("hunter2");
  }
  expect(server.logs).not.toContain("hunter2");
});
