/**
 * The UI's process: Next.js in a server of its own, on a port chosen by the system. It reports the port to its parent
 * over the IPC channel, and exits when that channel closes, however the parent ended.
 *
 * Arguments: the directory of the Next app, and `production` or `development`.
 */
import { createServer, type RequestListener, type Server } from "node:http";
import { once } from "node:events";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { WebProcessMessage } from "./web-process-message.ts";

/** The part of Next's custom-server API that is used; the app brings its own Next. */
type Next = (options: { dir: string; dev: boolean; hostname: string; port: number; httpServer: Server }) => {
  prepare(): Promise<void>;
  getRequestHandler(): RequestListener;
};

/** Compilers that it started are in its process group. */
function dieWithParent(): void {
  // Group 0, because in a sandbox the group has another number, or none.
  process.kill(0, "SIGKILL");
}

// First of all: the parent may be gone before Next is loaded.
process.on("disconnect", dieWithParent);
if (!process.connected) dieWithParent();
process.on("SIGTERM", () => process.exit(0));

// Node's own, which is nobody's browser and warns of itself when it is looked at: pages are rendered without one.
Reflect.deleteProperty(globalThis, "localStorage");

const [directory = ".", mode = "production"] = process.argv.slice(2);
const hostname = "127.0.0.1";

const server = createServer({
  // The proxy reuses its connections; none may be closed just as it is reused.
  keepAliveTimeout: 0,
});
server.listen(0, hostname);
await once(server, "listening");
const { port } = server.address() as AddressInfo;

// As `next build` left it. Otherwise Next would compile next.config.ts at every start, with a compiler that the published
// package does without.
// oxlint-disable-next-line no-restricted-properties -- Next takes it from there alone.
if (mode === "production") process.env["__NEXT_PRIVATE_STANDALONE_CONFIG"] = builtConfig();
const next = createRequire(join(directory, "package.json"))("next") as Next;
const app = next({ dir: directory, dev: mode === "development", hostname, port, httpServer: server });
await app.prepare();
server.on("request", app.getRequestHandler());
process.send?.({ type: "listening", port } satisfies WebProcessMessage);

/** The settings of the app, serialized. */
function builtConfig(): string {
  const file = join(directory, ".next", "required-server-files.json");
  return JSON.stringify((JSON.parse(readFileSync(file, "utf8")) as { config: unknown }).config);
}
