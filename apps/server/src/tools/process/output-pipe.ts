import { spawn } from "node:child_process";
import { once } from "node:events";
import { close, constants, open } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import type { OnOutput } from "../port.ts";

// Raw descriptors: a FileHandle would close its own on garbage collection, and these change owners.
const openFd = promisify(open);
const closeFd = promisify(close);

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
  /** Stops reading, even if there are writers left. */
  destroy(): void;
}

/**
 * A pipe as a shell would create it. Node's `stdio: "pipe"` gives a child sockets, which can't be reopened by name: `>
 * /dev/stdout` and `tee /dev/stderr` would fail.
 */
export async function openOutputPipe(onOutput: OnOutput): Promise<OutputPipe> {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-pipe-"));
  try {
    const path = join(directory, "output");
    await makeFifo(path);
    // Opened non-blocking for reading first, so that opening it for writing does not block either.
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
  // Those waiting for `ended` only learn that it is over; the caller whose promise was rejected knows why.
  socket.on("error", () => undefined);
  return socket;
}
