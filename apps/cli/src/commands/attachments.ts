import { basename } from "node:path";
import { readFile, stat } from "node:fs/promises";
import { type TrunklineClient, uploadBlob } from "@trunkline/client";
import { MAX_ATTACHMENTS, MAX_BLOB_BYTES, type SubmitTaskInput } from "@trunkline/contract";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";
import { localPath } from "../server/local-path.ts";
import { awaiting } from "../terminal/awaiting.ts";
import type { Terminal } from "../terminal/terminal.ts";

interface LocalFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Reads them before anything is sent. @throws CommandError */
export async function readAttachments(files: readonly string[]): Promise<LocalFile[]> {
  if (files.length > MAX_ATTACHMENTS) {
    throw new CommandError(EXIT.usage, `Attach at most ${MAX_ATTACHMENTS} files.`);
  }
  return Promise.all(files.map(readAttachment));
}

async function readAttachment(file: string): Promise<LocalFile> {
  const path = localPath(file);
  try {
    const { size } = await stat(path);
    if (size > MAX_BLOB_BYTES) {
      throw new CommandError(EXIT.usage, `${file} is too large: at most ${MAX_BLOB_BYTES / 1_048_576} MiB.`);
    }
    return { name: basename(path), bytes: new Uint8Array(await readFile(path)) };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(EXIT.usage, `Couldn't read ${file}: ${fileProblem(error)}.`);
  }
}

/** @returns what `task.submit` takes; undefined: nothing is attached. */
export async function uploadAttachments(
  client: TrunklineClient,
  files: readonly LocalFile[],
  err: Terminal["err"],
): Promise<SubmitTaskInput["attachments"]> {
  if (files.length === 0) return undefined;
  const uploads = files.map(async ({ name, bytes }) => {
    const { sha256: blobId } = await uploadBlob(client, bytes);
    return { blobId, name };
  });
  return awaiting(err, "Uploading", Promise.all(uploads));
}
