import { PostgresServer } from "@trunkline/testkit";
import { expect, it } from "vitest";
import { actForTasksOf } from "../../fairness/caller.ts";
import { connectionConfig, NO_LIMITS } from "./connection-config.ts";
import { Patience } from "./patience.ts";
import { ReadingPool } from "./reading-pool.ts";

it("one caller's many reads keep nobody else's waiting", async () => {
  await using server = await PostgresServer.start();
  const config = connectionConfig(await server.createDatabase(), "test", NO_LIMITS);
  const pool = new ReadingPool(config, 2, new Patience(0, () => undefined));
  const order: string[] = [];
  const read = async (caller: string) => {
    await actForTasksOf(caller, async () => pool.read("select pg_sleep(0.02)", []));
    order.push(caller);
  };
  const alices = Array.from({ length: 40 }, async () => read("alice"));
  const bobs = Array.from({ length: 3 }, async () => read("bob"));
  await Promise.all([...alices, ...bobs]);
  // A connection is his as soon as it is free: no more than one of hers is read beside each of his.
  expect(order.lastIndexOf("bob")).toBeLessThan(10);
  await pool.end();
});
