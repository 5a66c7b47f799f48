import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { LOG_FILE } from "./log-files.ts";

export { prettyLine } from "./pretty-line.ts";

/** Which lines are wanted; all that is given must hold. */
export interface LogFilter {
  /** Pino's number of the least level. */
  minLevel?: number;
  /** Beginning of a session's or task's id. */
  sessionId?: string;
  taskId?: string;
}

/** How often a followed log is looked at, in ms. */
const LOOK_EVERY_MS = 250;
/** Read at once while following. */
const CHUNK_BYTES = 1_000_000;

/**
 * The last lines of the log in a data directory, then, if it is followed, those that come.
 * @param options.last how many of the wanted lines there are at most, before those that come
 * @throws Error with the code ENOENT if there is no log
 */
export async function* readLog(
  dataDir: string,
  options: { last: number; filter: LogFilter; follow?: AbortSignal | undefined },
): AsyncGenerator<string, void> {
  const path = join(dataDir, "logs", LOG_FILE);
  const isWanted = wants(options.filter);
  const current = await readFile(path, "utf8");
  const whole = current.slice(0, current.lastIndexOf("\n") + 1);
  let lines = linesOf(whole).filter(isWanted);
  for (let number = 1; lines.length < options.last; number++) {
    const older = await readFile(`${path}.${number}`, "utf8").catch(() => null);
    if (older === null) break;
    lines = [...linesOf(older).filter(isWanted), ...lines];
  }
  yield* lines.slice(Math.max(0, lines.length - options.last));
  if (options.follow === undefined) return;
  for await (const line of followFile(path, Buffer.byteLength(whole), options.follow))
    if (isWanted(line)) yield line;
}

async function* followFile(path: string, from: number, signal: AbortSignal): AsyncGenerator<string, void> {
  let file = await open(path);
  try {
    let offset = from;
    let rest = Buffer.alloc(0);
    const buffer = Buffer.alloc(CHUNK_BYTES);
    while (!signal.aborted) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, offset);
      offset += bytesRead;
      if (bytesRead > 0) {
        const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
        const end = bytes.lastIndexOf("\n") + 1;
        rest = bytes.subarray(end);
        yield* linesOf(bytes.subarray(0, end).toString("utf8"));
        continue;
      }
      const next = await open(path).catch(() => null);
      // The file was rotated away: what it has is read, so go on with the new one.
      if (next !== null && (await next.stat()).ino !== (await file.stat()).ino) {
        await file.close();
        file = next;
        offset = 0;
        rest = Buffer.alloc(0);
        continue;
      }
      await next?.close();
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await file.close();
  }
}

const linesOf = (text: string): string[] => text.split("\n").filter((line) => line !== "");

function wants({ minLevel = 0, sessionId = "", taskId = "" }: LogFilter): (line: string) => boolean {
  if (minLevel === 0 && sessionId === "" && taskId === "") return () => true;
  return (line) => {
    try {
      const record = JSON.parse(line) as { level?: number; sessionId?: string; taskId?: string };
      return (
        (record.level ?? 0) >= minLevel &&
        (record.sessionId ?? "").startsWith(sessionId) &&
        (record.taskId ?? "").startsWith(taskId)
      );
    } catch {
      // Cut off by a crash.
      return false;
    }
  };
}
