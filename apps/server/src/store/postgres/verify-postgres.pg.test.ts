import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { expect, it } from "vitest";
import { BackupError } from "../backup/backup-error.ts";
import { verifyRows } from "../backup/verify-rows.ts";
import { createVisibleSession, notice } from "../testing/session-log.ts";
import { openPostgresStore } from "./postgres-store.ts";

it("finds a row that says something else than its log, and says where nothing can be read", async () => {
  await using server = await PostgresServer.start();
  const url = await server.createDatabase();
  const verify = async (databaseUrl: string) => verifyRows({ dataDir: "/nowhere", databaseUrl });
  await expect(verify(url)).rejects.toThrow(BackupError);
  const store = await openPostgresStore({
    url,
    node: "test",
    now: Date.now,
    logger: pino({ level: "silent" }),
  });
  const [sessionId] = [await createVisibleSession(store), await createVisibleSession(store)];
  // More than one read.
  await store.append(
    sessionId,
    Array.from({ length: 2_500 }, (_, index) => notice(String(index))),
  );
  await store.close();
  expect(await verify(url)).toMatchObject({ sessions: 2, events: 2_502, differing: 0 });
  await server.sql(
    `update trunkline.sessions set title = 'forged', last_seq = 7 where id = '${sessionId}'`,
    new URL(url).pathname.slice(1),
  );
  const { differing, differences } = await verify(url);
  expect(differing).toBe(2);
  expect(differences).toMatchObject([
    { table: "sessions", id: sessionId, column: "title", stored: "forged", folded: "untitled" },
    { column: "last_seq", stored: 7, folded: 2_501 },
  ]);
  const secret = "sEcRet";
  const nowhere = `postgres://whoever:${secret}@127.0.0.1:1/x`;
  const [refused] = await Promise.allSettled([verify(nowhere)]);
  expect(String((refused as PromiseRejectedResult).reason)).toContain("cannot be read");
  expect(String((refused as PromiseRejectedResult).reason)).not.toContain(secret);
});
