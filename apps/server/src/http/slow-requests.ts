import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { BLOBS_PATH } from "./blobs.ts";

export interface Patience {
  /** How long a request may take to arrive, in ms. */
  wholeMs: number;
  /** An upload may take as long as it likes, if each such span brings so many bytes. */
  uploadSpanMs: number;
  uploadSpanBytes: number;
  /** How often it is looked at. */
  lookMs: number;
}

/** The slowest lines that people work over bring some hundred times as much. */
export const PATIENCE: Patience = {
  wholeMs: 60_000,
  uploadSpanMs: 60_000,
  uploadSpanBytes: 16_384,
  lookMs: 5_000,
};

interface Arriving {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  since: number;
  bytesThen: number;
}

/**
 * Cuts off requests whose bodies do not come. Node's own limit is the same for all; documents and files may be 2 GB, and
 * come over slow lines.
 *
 * @returns what looks at them, which also happens by itself
 */
export function cutSlowRequests(
  server: Server,
  patience: Patience,
  now = () => performance.now(),
): () => void {
  const arriving = new Set<Arriving>();

  const look = (): void => {
    for (const request of arriving) {
      const { incoming, outgoing } = request;
      if (incoming.complete || incoming.destroyed) {
        arriving.delete(request);
        continue;
      }
      const waited = now() - request.since;
      // Only now, because its target was read without the base path meanwhile.
      const isUpload = uploads(incoming);
      if (waited < (isUpload ? patience.uploadSpanMs : patience.wholeMs)) continue;
      const bytes = incoming.socket.bytesRead;
      if (isUpload && bytes - request.bytesThen >= patience.uploadSpanBytes) {
        Object.assign(request, { since: now(), bytesThen: bytes });
        continue;
      }
      arriving.delete(request);
      // As Node does where its own limit is over.
      if (!outgoing.headersSent) {
        incoming.socket.write("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
      }
      incoming.destroy();
    }
  };
  const timer = setInterval(look, patience.lookMs);
  timer.unref();
  server.once("close", () => clearInterval(timer));

  server.on("request", (incoming, outgoing) => {
    if (incoming.complete || !hasBody(incoming)) return;
    const request = {
      incoming,
      outgoing,
      since: now(),
      bytesThen: incoming.socket.bytesRead,
    };
    arriving.add(request);
    incoming.once("close", () => arriving.delete(request));
  });
  return look;
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** What is written to disk as it comes. */
function uploads({ method, url = "" }: IncomingMessage): boolean {
  const [path = ""] = url.split("?", 1);
  return method === "POST" && (path === BLOBS_PATH || path === "/api/sessions/import");
}

/** Whether the client went away before its request was whole: nobody is there to be told, and nothing is wrong here. */
export function brokeOff(incoming: IncomingMessage): boolean {
  return incoming.destroyed && !incoming.complete;
}
