import { createReadStream } from "node:fs";
import { MAX_CALL_DOCUMENT_BYTES, type SessionDocument } from "@trunkline/contract";
import { SessionDocument as SessionDocumentSchema } from "@trunkline/contract/schemas";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";
import { localPath } from "../server/local-path.ts";

/** A document to import: whole if it is small enough for a call, otherwise streamed. */
type Source = { name: string; text: string } | { bytes: AsyncIterable<Uint8Array> };

/**
 * @param source path of a file, or `-` for stdin
 * @throws CommandError if it can't be read
 */
export async function openSource(source: string, stdin: NodeJS.ReadableStream): Promise<Source> {
  const path = source === "-" ? null : localPath(source);
  const stream = (path === null ? stdin : createReadStream(path)) as AsyncIterable<Uint8Array | string>;
  const iterator = stream[Symbol.asyncIterator]();
  const begun: Buffer[] = [];
  try {
    for (let length = 0; length <= MAX_CALL_DOCUMENT_BYTES;) {
      const next = await iterator.next();
      if (next.done === true) {
        return { name: path ?? "The standard input", text: Buffer.concat(begun).toString() };
      }
      const chunk = Buffer.from(next.value as Uint8Array);
      begun.push(chunk);
      length += chunk.length;
    }
  } catch (error) {
    throw refusal(`Can't read ${path ?? "the standard input"}: ${fileProblem(error)}.`, error);
  }
  return { bytes: followed(begun, iterator) };
}

async function* followed(
  begun: readonly Buffer[],
  rest: AsyncIterator<Uint8Array | string>,
): AsyncGenerator<Uint8Array, void> {
  yield* begun;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    yield Buffer.from(next.value as Uint8Array);
  }
}

/** @throws CommandError if a server would not accept it as a document */
export function readDocument({ name, text }: { name: string; text: string }): {
  document: SessionDocument;
  bytes: number;
} {
  const parsed = SessionDocumentSchema.safeParse(parse(text, name));
  if (parsed.success) return { document: parsed.data, bytes: Buffer.byteLength(text) };
  const where = parsed.error.issues[0]?.path.map(String).join(".") ?? "";
  throw refusal(
    `${name} is not an exported session${where === "" ? "" : `: '${where}' is missing or wrong`}.`,
  );
}

function parse(json: string, name: string): unknown {
  try {
    // Some editors write a byte order mark.
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
