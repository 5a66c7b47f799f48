import { once } from "node:events";
import { createServer, type IncomingMessage, request as send, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { ByteBudget } from "../../fairness/byte-budget.ts";
import { ProviderGateway } from "./provider-gateway.ts";
import { UsageMeter } from "./usage-meter.ts";

async function listen(handle: RequestListener) {
  const server = createServer(handle).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A provider, and the gateways to it of the agents of some users. */
async function openWorld(bytesPerUser: number, owners: readonly string[]) {
  const seen: string[] = [];
  const provider = await listen((request, response) => {
    void request.toArray().then((body) => {
      seen.push(Buffer.concat(body as Buffer[]).toString());
      response.end("{}");
    });
  });
  const upstream = { kind: "openai", base: provider.url, query: "", headers: {} } as const;
  const bodies = new ByteBudget(bytesPerUser);
  const gates = await Promise.all(
    owners.map(async (ownerId) => {
      const gateway = new ProviderGateway({ upstream, meter: new UsageMeter(), bodies, ownerId });
      const gate = await listen(gateway.handle);
      return { ...gate, path: `${gateway.addressAt(gate.url)}/v1/responses` };
    }),
  );
  return {
    seen,
    bodies,
    paths: gates.map(({ path }) => path),
    [Symbol.asyncDispose]: async () => {
      for (const gate of [...gates, provider]) await gate[Symbol.asyncDispose]();
    },
  };
}

function begin(path: string, headers: Record<string, string>) {
  const outgoing = send(path, { method: "POST", headers, agent: false });
  outgoing.on("error", () => undefined);
  outgoing.flushHeaders();
  const status = once(outgoing, "response").then((answer) => {
    const [response] = answer as [IncomingMessage];
    response.resume();
    return response.statusCode;
  });
  // One that is broken off gets none.
  status.catch(() => undefined);
  return { outgoing, status };
}

it("requests of one user's agents wait for the memory that others of theirs have, and nobody else's do", async () => {
  await using world = await openWorld(100, ["alice", "alice", "bob"]);
  const [first, second, others] = world.paths as [string, string, string];
  const half = begin(first, { "content-length": "80" });
  half.outgoing.write("a".repeat(40));
  await expect.poll(() => world.bodies.size).toBe(1);
  const waiting = begin(second, { "content-length": "80" });
  waiting.outgoing.end("b".repeat(80));
  const bobs = Array.from({ length: 5 }, () => "c".repeat(80));
  for (const body of bobs) {
    const next = begin(others, { "content-length": "80" });
    next.outgoing.end(body);
    expect(await next.status).toBe(200);
  }
  expect(world.seen).toEqual(bobs);

  half.outgoing.destroy();
  expect(await waiting.status).toBe(200);
  expect(world.seen).toEqual([...bobs, "b".repeat(80)]);
  await expect.poll(() => world.bodies.size).toBe(0);
});

it("a request that does not say its length is short", async () => {
  await using world = await openWorld(64 * 1_048_576, ["alice"]);
  const [path] = world.paths as [string];
  const short = begin(path, {});
  short.outgoing.end("short");
  expect(await short.status).toBe(200);
  const long = begin(path, {});
  const piece = "x".repeat(1_048_576);
  for (let sent = 0; sent < 9; sent++) long.outgoing.write(piece);
  expect(await long.status).toBe(413);
  expect(world.seen).toEqual(["short"]);
});
