import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import type { OnOutput, SpawnRequest } from "../port.ts";
import { openInputPipe } from "./input-pipe.ts";
import { openOutputPipes, type OutputPipe } from "./output-pipe.ts";
import { withShortLivedDirectory } from "./short-lived-directory.ts";

/** How long the last output may take to arrive once the processes are gone, in ms. */
const LAST_OUTPUT_MS = 1_000;

/** What a pipe can hold: Linux lets ordinary users enlarge one so far. */
const PIPE_BYTES = 1_048_576;

/** The three streams of a process that is about to start. */
export interface ChildStreams {
  /** For `stdio`: what the process reads and writes. */
  readonly stdio: readonly ["ignore" | number, number, number];
  /** What it reads while it runs; null: all there is, or nothing. */
  readonly stdin: Writable | null;
  /** Call once the process has its ends. */
  releaseChildEnds(): Promise<void>;
  /**
   * Call once the processes are gone: reads what they have written, and no more, as somebody else may hold the pipe for ever.
   */
  finish(): Promise<void>;
  /** Stops reading, even if there are writers left. */
  destroy(): void;
}

/** One pipe for both outputs, which keeps the order of what is written, or two where somebody wants them apart. */
export async function openChildStreams(request: {
  input?: SpawnRequest["input"];
  onOutput: OnOutput;
  onErrorOutput?: OnOutput | undefined;
}): Promise<ChildStreams> {
  const { input, onOutput, onErrorOutput } = request;
  const stdin = await openStdin(input);
  const readers = onErrorOutput === undefined ? [onOutput] : [onOutput, onErrorOutput];
  const pipes = await openOutputPipes(readers).catch(async (error: unknown) => {
    await stdin?.release();
    stdin?.writable?.destroy();
    throw error;
  });
  const [output, errors = output] = pipes;
  assert(output !== undefined && errors !== undefined);
  const ended = Promise.all(pipes.map(async (pipe) => pipe.ended)).then(() => true);
  const destroy = (): void => {
    stdin?.writable?.destroy();
    for (const pipe of pipes) pipe.destroy();
  };
  return {
    stdio: [stdin?.fd ?? "ignore", output.writeFd, errors.writeFd],
    stdin: stdin?.writable ?? null,
    async releaseChildEnds() {
      await stdin?.release();
      await Promise.all(pipes.map(async (pipe) => pipe.releaseWriteEnd()));
    },
    async finish() {
      if (await Promise.race([ended, wait(LAST_OUTPUT_MS, false, { ref: false })])) return;
      // The readers may be slow, and this process without a turn until now. A conversation is over in any case.
      if (input !== "interactive") await readRest(pipes);
      destroy();
      await ended;
    },
    destroy,
  };
}

/** Reads until the pipes are empty for a moment, or have given what none can hold. */
async function readRest(pipes: readonly OutputPipe[]): Promise<void> {
  const total = (): number => pipes.reduce((sum, pipe) => sum + pipe.readBytes(), 0);
  const most = total() + pipes.length * PIPE_BYTES;
  for (let before = -1; before !== total() && total() < most;) {
    before = total();
    await Promise.all(pipes.map(async (pipe) => pipe.resumed()));
    // In the second turn of the event loop at the latest it has read what there is.
    await turn();
    await turn();
  }
}

interface Stdin {
  fd: number;
  writable: Writable | null;
  /** Call once the child has it. */
  release(): Promise<void>;
}

async function openStdin(input: SpawnRequest["input"]): Promise<Stdin | null> {
  if (input === undefined) return null;
  if (input === "interactive") {
    const { readFd, writable, releaseReadEnd } = await openInputPipe();
    return { fd: readFd, writable, release: releaseReadEnd };
  }
  const fd = await openInput(input);
  return { fd, writable: null, release: async () => closeSync(fd) };
}

/** A file without a name: unlike a pipe, it needs nobody who writes while the process reads. */
async function openInput(bytes: Uint8Array): Promise<number> {
  return withShortLivedDirectory("input", async (directory) => {
    const path = join(directory, "input");
    await writeFile(path, bytes, { mode: 0o400 });
    return openSync(path, "r");
  });
}
