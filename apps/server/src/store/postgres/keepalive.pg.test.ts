import { PostgresServer } from "@trunkline/testkit";
import { Client } from "pg";
import { expect, it } from "vitest";
import { batchConfig, connectionConfig, NO_LIMITS } from "./connection-config.ts";

it("PostgreSQL itself notices a node that is gone without a word, within half a minute", async () => {
  await using server = await PostgresServer.start();
  const url = await server.createDatabase();
  const own = new URL(url);
  own.searchParams.set("options", "-c work_mem=8MB");
  const config = connectionConfig(own.href, "test", NO_LIMITS);
  for (const each of [connectionConfig(url, "test", NO_LIMITS), config, batchConfig(config)]) {
    const client = new Client(each);
    await client.connect();
    const setting = async (name: string) =>
      (await client.query<Record<string, string>>(`show ${name}`)).rows[0]?.[name];
    expect(await setting("tcp_keepalives_idle")).toBe("10");
    expect(await setting("tcp_user_timeout")).toBe("25000");
    await client.end();
  }
});
