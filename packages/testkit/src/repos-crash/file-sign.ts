import { readdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const LOOK_EVERY_MS = 3;

/** Resolves once a directory has an entry whose name begins so, or the call that would make one has ended. */
export async function fileSign(directory: string, prefix: string, ended: Promise<unknown>): Promise<void> {
  let hasEnded = false;
  void ended.finally(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    const names = await readdir(directory).catch(() => []);
    if (names.some((name) => name.startsWith(prefix))) return;
    await delay(LOOK_EVERY_MS);
  }
}
