import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { link, lstat, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";

/** Readable by its owner only, because it may contain secrets; whole, or not there. @returns its size in bytes */
export async function writeNewFile(
  path: string,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<number> {
  // Its name says that it is not whole, should this process be killed.
  const draft = join(dirname(path), `.trunkline-${randomUUID()}.part`);
  try {
    await assertFree(path);
    using _ = removedOnSignal(draft);
    try {
      const bytes = await write(draft, pieces);
      await moveTo(path, draft);
      return bytes;
    } finally {
      await rm(draft, { force: true });
    }
  } catch (error) {
    // Anything else is a connection error.
    if (!(error instanceof Error && "syscall" in error)) throw error;
    throw new CommandError(EXIT.usage, `Can't write ${path}: ${fileProblem(error)}.`, { cause: error });
  }
}

async function write(draft: string, pieces: AsyncIterable<string | Uint8Array>): Promise<number> {
  await using handle = await open(draft, "wx", 0o600);
  let bytes = 0;
  for await (const piece of pieces) {
    await handle.appendFile(piece);
    bytes += Buffer.byteLength(piece);
  }
  return bytes;
}

async function assertFree(path: string): Promise<void> {
  const there = await lstat(path).catch(() => null);
  if (there !== null) throw new CommandError(EXIT.usage, `Can't write ${path}: it exists already.`);
}

/** Replaces nothing that was made meanwhile, as renaming would. */
async function moveTo(path: string, draft: string): Promise<void> {
  try {
    await link(draft, path);
  } catch {
    await assertFree(path);
    // FAT and some network file systems have no links.
    await rename(draft, path);
  }
}

/** Ctrl-C ends this process as always, but not before the draft is gone. */
function removedOnSignal(draft: string): Disposable {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const stop = (): void => signals.forEach((signal) => process.off(signal, onSignal));
  const onSignal = (signal: NodeJS.Signals): void => {
    rmSync(draft, { force: true });
    stop();
    process.kill(process.pid, signal);
  };
  signals.forEach((signal) => process.on(signal, onSignal));
  return { [Symbol.dispose]: stop };
}
