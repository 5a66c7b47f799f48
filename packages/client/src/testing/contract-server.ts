import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { SCOPES, type Services } from "@trunkline/contract";
import { appRouter } from "@trunkline/contract/router";

const TOKEN = "right";

/** The real router on a port of its own, with the services of the test. */
export async function startContractServer(services: {
  [Room in keyof Services]?: Partial<Services[Room]>;
}): Promise<AsyncDisposable & { url: string; token: string; requestUrls: string[] }> {
  const requestUrls: string[] = [];
  const handler = createHTTPHandler({
    router: appRouter,
    basePath: "/trpc/",
    maxBatchSize: 20,
    createContext: ({ req }) => ({
      services: services as Services,
      principal:
        req.headers.authorization === `Bearer ${TOKEN}`
          ? { userId: "u", name: "somebody", scopes: SCOPES }
          : null,
    }),
  });
  const server = createServer((request, response) => {
    requestUrls.push(request.url ?? "");
    handler(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: TOKEN,
    requestUrls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
