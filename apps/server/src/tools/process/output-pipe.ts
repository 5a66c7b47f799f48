import { spawn } from "node:child_process";
import { once } from "node:events";
import { close, constants, open } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

// Bare descriptors: a FileHandle would close its own when it is collected, and these change hands.
const openFd = promisify(open);
const closeFd = promisify(close);

/** Bytes read at a time, into one buffer that is used again and again. */
const READ_BYTES = 65_536;

/**
 * After fewer bytes than this the pipe is left alone for a moment: a program that writes line by line fills it meanwhile,
 * and we are not woken by each line.
 */
const SMALL_READ = 8_192;
const REST_MS = 1;

/** Takes a piece of output, valid until it returns; a promise holds the writer back until it resolves. */
export type OnOutput = (bytes: Uint8Array) => void | Promise<void>;

export interface OutputPipe {
  /** File descriptor for the child's stdout and stderr alike: what it writes arrives in its order. */
  readonly writeFd: number;
  /** To be called once the child has its end. */
  releaseWriteEnd(): Promise<void>;
  /** Resolves when every writer is gone and all output was taken. */
  readonly ended: Promise<void>;
  /** Stops reading, whoever still writes. */
  destroy(): void;
}

/**
 * A pipe as a shell would make it. Node's own `stdio: "pipe"` gives a child sockets, and a socket cannot be opened
 * again by name: `> /dev/stdout` and `tee /dev/stderr` would fail.
 */
export async function openOutputPipe(onOutput: OnOutput): Promise<OutputPipe> {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-pipe-"));
  try {
    const path = join(directory, "output");
    await makeFifo(path);
    // Opened for reading without waiting, it is there for the writer, who then need not wait either.
    const readFd = await openFd(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writeFd = await openFd(path, constants.O_WRONLY);
    const socket = readFrom(readFd, onOutput);
    return {
      writeFd,
      releaseWriteEnd: () => closeFd(writeFd),
      ended: new Promise((resolve) => socket.once("close", () => resolve())),
      destroy: () => void socket.destroy(),
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Node has no call for it. */
async function makeFifo(path: string): Promise<void> {
  const [code] = (await once(spawn("mkfifo", ["-m", "600", path], { stdio: "ignore" }), "exit")) as [
    number | null,
  ];
  if (code !== 0) throw new Error(`mkfifo failed with exit code ${code}`);
}

function readFrom(fd: number, onOutput: OnOutput): Socket {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const callback = (length: number): boolean => {
    const held = onOutput(buffer.subarray(0, length)) ?? (length < SMALL_READ ? wait(REST_MS) : undefined);
    if (held === undefined) return true;
    held.then(
      () => socket.resume(),
      (error: unknown) => socket.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return false;
  };
  const socket = new Socket({ fd, readable: true, writable: false, onread: { buffer, callback } });
  // Whoever waits for `ended` learns that it is over; why is known to the one whose promise was rejected.
  socket.on("error", () => undefined);
  return socket;
}
