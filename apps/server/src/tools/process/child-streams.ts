import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OnOutput, SpawnRequest } from "../port.ts";
import { openOutputPipe } from "./output-pipe.ts";

/** The three streams of a process that is about to start. */
export interface ChildStreams {
  /** For `stdio`: what the process reads and writes. */
  readonly stdio: readonly ["ignore" | number, number, number];
  /** Call once the process has its ends. */
  releaseChildEnds(): Promise<void>;
  /** Resolves when all writers are gone and all output was read. */
  readonly ended: Promise<void>;
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
  const stdin = input === undefined ? null : await openInput(input);
  const pipes = await openPipes(onErrorOutput === undefined ? [onOutput] : [onOutput, onErrorOutput]).catch(
    (error: unknown) => {
      if (stdin !== null) closeSync(stdin);
      throw error;
    },
  );
  const [output, errors = output] = pipes;
  return {
    stdio: [stdin ?? "ignore", output.writeFd, errors.writeFd],
    async releaseChildEnds() {
      if (stdin !== null) closeSync(stdin);
      await Promise.all(pipes.map(async (pipe) => pipe.releaseWriteEnd()));
    },
    ended: Promise.all(pipes.map(async (pipe) => pipe.ended)).then(() => undefined),
    destroy: () => pipes.forEach((pipe) => pipe.destroy()),
  };
}

type Pipes = [Awaited<ReturnType<typeof openOutputPipe>>, ...Awaited<ReturnType<typeof openOutputPipe>>[]];

async function openPipes([first, second]: [OnOutput] | [OnOutput, OnOutput]): Promise<Pipes> {
  if (second === undefined) return [await openOutputPipe(first)];
  const [output, errors] = await Promise.allSettled([openOutputPipe(first), openOutputPipe(second)]);
  if (output.status === "fulfilled" && errors.status === "fulfilled") return [output.value, errors.value];
  const reasons: unknown[] = [];
  for (const pipe of [output, errors]) {
    if (pipe.status === "rejected") {
      reasons.push(pipe.reason);
    } else {
      await pipe.value.releaseWriteEnd();
      pipe.value.destroy();
    }
  }
  throw reasons[0];
}

/** A file without a name: unlike a pipe, it needs nobody who writes while the process reads. */
async function openInput(bytes: Uint8Array): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), "trunkline-input-"));
  try {
    const path = join(directory, "input");
    await writeFile(path, bytes, { mode: 0o400 });
    return openSync(path, "r");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
