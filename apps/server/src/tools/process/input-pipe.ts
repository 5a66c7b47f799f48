import { constants } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { closeFd, openBeside, openFd, withFifos } from "./fifo.ts";

export interface InputPipe {
  /** File descriptor for the child's stdin. */
  readonly readFd: number;
  /** What the server writes to the child; it ends when the child's end is closed. */
  readonly writable: Writable;
  /** Call once the child has its end. */
  releaseReadEnd(): Promise<void>;
}

/** A pipe as a shell would create it, which the server writes to while the process runs. */
export async function openInputPipe(): Promise<InputPipe> {
  return withFifos(1, async ([path = ""]) => {
    // Holds the pipe open, so that neither end below waits for the other. The child's end must block: it is its stdin.
    const holder = await openFd(path, constants.O_RDWR | constants.O_NONBLOCK);
    try {
      const readFd = await openFd(path, constants.O_RDONLY);
      const writeFd = await openBeside(readFd, path, constants.O_WRONLY | constants.O_NONBLOCK);
      const socket = new Socket({ fd: writeFd, readable: false, writable: true });
      // A process that has ended reads no more; whoever waits for its end learns why.
      socket.on("error", () => undefined);
      return { readFd, writable: socket, releaseReadEnd: () => closeFd(readFd) };
    } finally {
      await closeFd(holder);
    }
  });
}
