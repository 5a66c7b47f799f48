import type { ChildProcess } from "node:child_process";
import { Server } from "node:net";

/** Node, as the sandbox shows it to the program below. */
const NODE_PROGRAM = "/run/listener";

/** For bwrap: what `listenCommand` needs. */
export const LISTENER_MOUNT = ["--ro-bind", process.execPath, NODE_PROGRAM] as const;

/** Descriptor of Node's channel to the server: the next after those of `startBwrap`. */
const CHANNEL_FD = 6;

/**
 * A shell command for the sandbox, before anybody else's: opens a listening socket on its loopback, sends it to the server,
 * and ends. A socket belongs to the network in which it was opened, whoever holds it. So the server answers what connects
 * there, and nothing inside carries the traffic.
 */
export function listenCommand(port: number): string {
  const program =
    `const server = process.getBuiltinModule("net").createServer(); ` +
    `server.listen(${port}, "127.0.0.1", () => process.send("listening", server, () => process.exit()))`;
  const variables = `NODE_CHANNEL_FD=${CHANNEL_FD}`;
  return `(cd / && exec /usr/bin/env -i ${variables} ${NODE_PROGRAM} -e '${program}') </dev/null || exit 1`;
}

/** Resolves with the socket; never if the sandbox fails before. Nothing else is read from the channel. */
export function gateListenerOf(child: ChildProcess): Promise<Server> {
  return new Promise((resolve) => {
    child.once("message", (_message, handle) => {
      child.disconnect();
      if (handle instanceof Server) resolve(handle);
    });
  });
}
