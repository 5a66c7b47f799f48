import { readFile, stat } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { MAX_IMPORT_BODY_BYTES, type SessionDocument } from "@trunkline/contract";
import { SessionDocument as SessionDocumentSchema } from "@trunkline/contract/schemas";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";
import { localPath } from "../server/local-path.ts";
import { formatSize } from "../terminal/size.ts";

/**
 * @param source path of a file, or `-` for the standard input
 * @throws CommandError where there is no document that a server would take
 */
export async function readDocument(
  source: string,
  stdin: NodeJS.ReadableStream,
): Promise<{ document: SessionDocument; bytes: number }> {
  const path = source === "-" ? null : localPath(source);
  const name = path ?? "The standard input";
  const json = path === null ? await text(stdin) : await readDocumentFile(path);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_IMPORT_BODY_BYTES) throw tooLarge(name);
  const parsed = SessionDocumentSchema.safeParse(parse(json, name));
  if (parsed.success) return { document: parsed.data, bytes };
  const where = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  throw refusal(
    `${name} is not an exported session${where === "" ? "" : `: '${where}' is missing or wrong`}.`,
  );
}

async function readDocumentFile(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_IMPORT_BODY_BYTES) throw tooLarge(path);
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw refusal(`Can't read ${path}: ${fileProblem(error)}.`, error);
  }
}

function tooLarge(name: string): CommandError {
  return refusal(`${name} is too large to import: the limit is ${formatSize(MAX_IMPORT_BODY_BYTES)}.`);
}

function parse(json: string, name: string): unknown {
  try {
    // Some editors put a byte order mark in front.
    return JSON.parse(json.replace(/^\ufeff/, "")) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal(
      `${name} is not JSON. Import what \`trunkline export\` wrote, without --format markdown.`,
      error,
    );
  }
}

function refusal(message: string, cause?: unknown): CommandError {
  return new CommandError(EXIT.usage, message, cause === undefined ? {} : { cause });
}
