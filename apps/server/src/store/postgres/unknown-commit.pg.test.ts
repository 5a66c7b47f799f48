import { randomUUID } from "node:crypto";
import { PostgresServer } from "@trunkline/testkit";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { auditRecord } from "../testing/audit-record.ts";
import { type Cut, CuttingProxy } from "../testing/cutting-proxy.ts";
import { createVisibleSession, notice, readMessages } from "../testing/session-log.ts";
import { openPostgresStore } from "./postgres-store.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const cuts: Cut[] = ["answer", "request", "silence"];
it.each(cuts)(
  "stores a commit once, and acknowledges it, where the connection is lost around it (%s)",
  async (cut) => {
    const url = await server.createDatabase();
    await using proxy = await CuttingProxy.start(server.port);
    const options = {
      url: proxy.through(url),
      node: "test",
      now: Date.now,
      logger: pino({ level: "silent" }),
    };
    const store = await openPostgresStore(options);
    const sessionId = await createVisibleSession(store);
    // As the first commit of its connection, and as a later one; with events, and without.
    for (const round of ["first", "second"]) {
      const lost = proxy.cutNextCommit(cut);
      const appended = store.append(sessionId, [notice(`${round} a`), notice(`${round} b`)]);
      await lost;
      const events = await appended;
      const after = await store.append(sessionId, [notice(`${round} after`)]);
      expect([...events, ...after].map(({ seq }) => seq)).toEqual(round === "first" ? [2, 3, 4] : [5, 6, 7]);
      const isCut = proxy.cutNextCommit(cut);
      // A second time it would be refused: the name is taken.
      const who = { id: randomUUID(), name: round, createdAt: 1, removedAt: null };
      const created = store.users.create(who, auditRecord());
      await isCut;
      await created;
    }
    expect(await readMessages(store, sessionId)).toEqual(
      ["first", "second"].flatMap((round) => ["a", "b", "after"].map((what) => `${round} ${what}`)),
    );
    expect(await store.audit.page({ limit: 9 })).toHaveLength(2);
    await store.close();
  },
);
