import { createReadStream, fstatSync, type Stats } from "node:fs";
import type { Readable } from "node:stream";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";

/** How long an open pipe may stay empty before the words alone are the prompt, in ms. */
const FIRST_BYTE_LIMIT_MS = 2_000;

/** Whether stdin was connected on purpose: a pipe or a file, not a terminal or `/dev/null`. */
export function isRedirected(stdin: NodeJS.ReadStream): boolean {
  if (stdin.isTTY) return false;
  const stats = statOf(stdin);
  return stats === null || stats.isFIFO() || stats.isSocket() || stats.isFile();
}

/** @returns null for a stream without a file descriptor */
function statOf(stdin: NodeJS.ReadStream): Stats | null {
  const { fd } = stdin as { fd?: number };
  return typeof fd === "number" ? fstatSync(fd) : null;
}

/**
 * Reads piped input. A program without a terminal often inherits a pipe that nobody writes to or closes; don't wait for
 * that one.
 *
 * @returns the text; null if nothing arrived in time
 */
export async function readIfPiped(stdin: NodeJS.ReadStream, maxLength: number): Promise<string | null> {
  const begun = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), FIRST_BYTE_LIMIT_MS);
    const settle = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    stdin.once("readable", settle).once("end", settle).once("error", settle);
  });
  if (begun) return await readText(stdin, "The standard input", maxLength);
  stdin.destroy();
  return null;
}

/** @param path absolute */
export async function readTextFile(path: string, maxLength: number): Promise<string> {
  try {
    return await readText(createReadStream(path), path, maxLength);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(EXIT.usage, `Can't read ${path}: ${fileProblem(error)}.`, { cause: error });
  }
}

/**
 * @param name of the source, for messages
 * @throws CommandError if it is too long (before reading all of it), or not text
 */
export async function readText(source: Readable, name: string, maxLength: number): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    for await (const chunk of source) {
      text += typeof chunk === "string" ? chunk : decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length > maxLength) {
        throw new CommandError(
          EXIT.usage,
          `${name} is too long: the limit is ${maxLength.toLocaleString("en-US")} characters.`,
        );
      }
    }
    text += decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw binary(name, error);
    throw error;
  }
  if (text.includes("\u0000")) throw binary(name);
  return text;
}

function binary(name: string, cause?: Error): CommandError {
  return new CommandError(
    EXIT.usage,
    `${name} is not text (UTF-8), so it can't be a prompt.`,
    cause && { cause },
  );
}
