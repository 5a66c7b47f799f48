import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { MAX_IMPORT_BODY_BYTES, type SessionDocument } from "@trunkline/contract";
import { SessionDocument as SessionDocumentSchema } from "@trunkline/contract/schemas";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";

/**
 * @param source path of a file, or `-` for the standard input
 * @throws CommandError where there is no document that a server would take
 */
export async function readDocument(
  source: string,
  stdin: NodeJS.ReadableStream,
): Promise<{ document: SessionDocument; bytes: number }> {
  const name = source === "-" ? "The standard input" : source;
  const json = source === "-" ? await text(stdin) : await readFile(source, "utf8").catch(refuseUnreadable);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_IMPORT_BODY_BYTES) {
    throw refusal(`${name} is larger than the ${MAX_IMPORT_BODY_BYTES} bytes that a server takes`);
  }
  const parsed = SessionDocumentSchema.safeParse(parse(json, name));
  if (parsed.success) return { document: parsed.data, bytes };
  const issue = parsed.error.issues[0];
  const where = issue?.path.map(String).join(".") ?? "";
  throw refusal(
    `${name} is nothing that \`trunkline export\` wrote (${[where, issue?.message].filter(Boolean).join(": ")})`,
  );
}

function parse(json: string, name: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal(`${name} is no JSON, which \`trunkline export\` writes unless told otherwise`, error);
  }
}

function refuseUnreadable(error: unknown): never {
  throw refusal(`It cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
}

function refusal(message: string, cause?: unknown): CommandError {
  return new CommandError(EXIT.usage, message, cause === undefined ? {} : { cause });
}
