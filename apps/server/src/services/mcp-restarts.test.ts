import { expect, it } from "vitest";
import { alice } from "../runner/testing/scripted-server.ts";
import { createMcpService } from "./mcp-servers.ts";

it("a user's restarts wait for one another, and nobody else's do", async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let starting = 0;
  let most = 0;
  const definition = { id: "m", name: "m", transport: { kind: "stdio" }, enabled: true, onlyTools: null };
  const servers = {
    operators: () => [definition],
    status: () => ({ state: "idle", message: null, retryAt: null, catalog: null, log: "" }),
    disconnect: async () => undefined,
    connect: async (userId: string) => {
      if (userId !== alice.userId) return;
      most = Math.max(most, ++starting);
      await gate;
      starting -= 1;
    },
  };
  const audit = { entry: () => ({}), record: async () => undefined };
  const service = createMcpService({ store: {}, servers, audit, now: () => 1 } as never);
  const all = Array.from({ length: 10 }, async () => service.restart(alice, { serverId: "m" }));
  await service.restart({ ...alice, userId: "bob" }, { serverId: "m" });
  open();
  expect(await Promise.all(all)).toHaveLength(10);
  expect(most).toBe(2);
});
