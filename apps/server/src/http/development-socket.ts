import { type IncomingMessage, request, type Server } from "node:http";
import type { Duplex } from "node:stream";
import type { Web } from "../web/port.ts";
import { refuseTarget } from "./request-target.ts";
import type { Site } from "./site.ts";

const PASSED_ON = ["sec-websocket-key", "sec-websocket-version", "sec-websocket-protocol", "user-agent"];

/**
 * In development, the UI's process notifies the browser over a WebSocket. Only then does the server accept upgrades at
 * all, and only from its own pages. Node's server does not track these connections, so closing the server ends them
 * here.
 */
export function passDevelopmentSocket(server: Server, site: Site, web: Web): { end(): void } {
  const open = new Set<Duplex>();
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    const { host = "", origin } = incoming.headers;
    const upstream = web.url();
    const isOurs = refuseTarget(incoming, site) === null && origin === site.originOf(host);
    if (!isOurs || upstream === null || incoming.url?.startsWith("/_next/") !== true) {
      socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const passed = PASSED_ON.flatMap((name) => {
      const value = incoming.headers[name];
      return typeof value === "string" ? [[name, value] as const] : [];
    });
    request(`${upstream}${incoming.url}`, {
      headers: { connection: "Upgrade", upgrade: "websocket", ...Object.fromEntries(passed) },
    })
      .on("upgrade", (answer, upstreamSocket, upstreamHead) => {
        upstreamSocket.on("error", () => socket.destroy());
        upstreamSocket.on("close", () => socket.destroy());
        socket.on("close", () => upstreamSocket.destroy());
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headerLines(answer.rawHeaders)}\r\n`);
        socket.write(upstreamHead);
        upstreamSocket.write(head);
        socket.pipe(upstreamSocket).pipe(socket);
      })
      // Answered without an upgrade, or not at all: the browser retries.
      .on("response", () => socket.destroy())
      .on("error", () => socket.destroy())
      .end();
  });
  return {
    end() {
      for (const socket of open) socket.destroy();
    },
  };
}

function headerLines(rawHeaders: readonly string[]): string {
  let lines = "";
  for (let index = 0; index < rawHeaders.length; index += 2) {
    lines += `${rawHeaders[index]}: ${rawHeaders[index + 1]}\r\n`;
  }
  return lines;
}
