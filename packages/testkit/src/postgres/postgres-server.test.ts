import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isProcessAlive } from "../process-alive.ts";
import { waitFor } from "../wait-for.ts";
import { PostgresServer } from "./postgres-server.ts";

describe("PostgresServer", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(async () => server[Symbol.asyncDispose]());

  it("keeps what was committed over a crash, on the same port", async () => {
    const database = new URL(await server.createDatabase()).pathname.slice(1);
    await server.sql("create table kept (id int); insert into kept values (7)", database);
    await server.restart("immediate");
    expect(await server.sql("select id from kept", database)).toEqual([{ id: 7 }]);
    await server.sql("insert into kept values (8)", database);
    await server.kill();
    await server.launch();
    expect(await server.sql("select id from kept", database)).toEqual([{ id: 7 }, { id: 8 }]);
  });

  it("is as durable as in production, and orders texts by language", async () => {
    expect(await server.sql("show fsync")).toEqual([{ fsync: "on" }]);
    expect(await server.sql("show synchronous_commit")).toEqual([{ synchronous_commit: "on" }]);
    expect(await server.sql("select min(a) from (values ('B'), ('a')) as t(a)")).toEqual([{ min: "a" }]);
  });

  it("ends with a test that is killed", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      fileURLToPath(new URL("testing/killed-test.ts", import.meta.url)),
    ]).catch((error: { stdout: string }) => error);
    const pid = Number(stdout);
    expect(pid).toBeGreaterThan(0);
    await waitFor("PostgreSQL to end", async () => !isProcessAlive(pid));
  });
});
