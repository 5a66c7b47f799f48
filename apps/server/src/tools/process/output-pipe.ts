import { constants } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { OnOutput } from "../port.ts";
import { closeFd, openBeside, openFd, withFifos } from "./fifo.ts";

/** Bytes per read, into one reused buffer. */
const READ_BYTES = 65_536;

/**
 * After a shorter read, wait a moment: a program that writes line by line fills the pipe meanwhile, and we are not
 * woken for each line.
 */
const SMALL_READ = 8_192;
const REST_MS = 1;

export interface OutputPipe {
  /** File descriptor for the child's stdout and stderr, so that the order of its output is kept. */
  readonly writeFd: number;
  /** Call once the child has its end. */
  releaseWriteEnd(): Promise<void>;
  /** Resolves when all writers are gone and all output was read. */
  readonly ended: Promise<void>;
  /** So far. */
  readBytes(): number;
  /** Resolves when the reader has taken what it was given, and reading goes on. */
  resumed(): Promise<void>;
  /** Stops reading, even if there are writers left. */
  destroy(): void;
}

/**
 * Pipes as a shell would create them, one for each reader. Node's `stdio: "pipe"` gives a child sockets, which can't be
 * reopened by name: `> /dev/stdout` and `tee /dev/stderr` would fail.
 */
export async function openOutputPipes(readers: readonly OnOutput[]): Promise<OutputPipe[]> {
  return withFifos(readers.length, async (paths) => {
    const pipes: OutputPipe[] = [];
    try {
      for (const [index, onOutput] of readers.entries()) {
        pipes.push(await openEnds(paths[index] ?? "", onOutput));
      }
      return pipes;
    } catch (error) {
      for (const pipe of pipes) {
        await pipe.releaseWriteEnd();
        pipe.destroy();
      }
      throw error;
    }
  });
}

async function openEnds(path: string, onOutput: OnOutput): Promise<OutputPipe> {
  // Opened non-blocking for reading first, so that opening it for writing does not block either.
  const readFd = await openFd(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeFd = await openBeside(readFd, path, constants.O_WRONLY);
  const { socket, readBytes, resumed } = readFrom(readFd, onOutput);
  return {
    writeFd,
    readBytes,
    resumed,
    releaseWriteEnd: () => closeFd(writeFd),
    ended: new Promise((resolve) => socket.once("close", () => resolve())),
    destroy: () => void socket.destroy(),
  };
}

function readFrom(
  fd: number,
  onOutput: OnOutput,
): { socket: Socket } & Pick<OutputPipe, "readBytes" | "resumed"> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let readBytes = 0;
  let resumed = Promise.resolve();
  const callback = (length: number): boolean => {
    readBytes += length;
    const held = onOutput(buffer.subarray(0, length)) ?? (length < SMALL_READ ? wait(REST_MS) : undefined);
    if (held === undefined) return true;
    resumed = held.then(
      () => void socket.resume(),
      (error: unknown) => void socket.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return false;
  };
  const socket = new Socket({ fd, readable: true, writable: false, onread: { buffer, callback } });
  // Those waiting for `ended` only learn that it is over; the caller whose promise was rejected knows why.
  socket.on("error", () => undefined);
  return { socket, readBytes: () => readBytes, resumed: async () => resumed };
}
