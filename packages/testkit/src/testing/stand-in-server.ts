import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { AddressInfo } from "node:net";

/** Announces itself like the server and does nothing else, for the fixture's own tests. */
const dataDir = process.env["TRUNKLINE_DATA_DIR"]!;
const env = Object.keys(process.env).toSorted();

if (process.env["STAND_IN"] === "broken") {
  console.error("the data directory is locked by pid 1");
  process.exit(1);
}

const server = createServer((request, response) => {
  response.writeHead(request.url === "/health" || request.url === "/env" ? 200 : 404);
  response.end(JSON.stringify({ env, pid: process.pid }));
});
server.listen(Number(process.env["TRUNKLINE_PORT"]), "127.0.0.1", () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (!existsSync(join(dataDir, "token"))) writeFileSync(join(dataDir, "token"), crypto.randomUUID());
  writeFileSync(
    join(dataDir, "server.json"),
    JSON.stringify({ pid: process.pid, url, startedAt: Date.now() }),
  );
  console.log(`Sign in: ${url}/sign-in?code=${crypto.randomUUID()}`);
});
process.once("SIGTERM", () => {
  console.error("shutting down");
  server.close();
  server.closeAllConnections();
});
