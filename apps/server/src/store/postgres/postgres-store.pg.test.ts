import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { pino } from "pino";
import { describeStore } from "../store-conformance.ts";
import { openPostgresStore } from "./postgres-store.ts";

const BASE = process.env["PGDEV"] ?? "postgres://postgres@127.0.0.1:54991";

describeStore("PostgreSQL", async () => {
  const name = `t_${randomUUID().replaceAll("-", "")}`;
  const admin = new Client({ connectionString: `${BASE}/postgres` });
  await admin.connect();
  await admin.query(`create database ${name}`);
  return {
    open: async () =>
      openPostgresStore({ url: `${BASE}/${name}`, node: "test", now: Date.now, logger: pino({ level: "warn" }) }),
    async [Symbol.asyncDispose]() {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
});
