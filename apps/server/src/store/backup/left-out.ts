import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { z } from "zod";

const Files = z.object({
  count: z.number(),
  /** The first of them, as tar writes them: other bytes than ASCII escaped. */
  paths: z.array(z.string()),
});
type Files = z.infer<typeof Files>;

/** What of the files is not in a backup, although it should be. A directory counts as one, whatever is in it. */
export const LeftOut = z.object({
  /** Closed to the server by a command, as by `chmod 000`. */
  closed: Files,
  /** Removed between when it was listed and when it was to be read. */
  gone: Files,
});
export type LeftOut = z.infer<typeof LeftOut>;

/** Of each kind: a command can close as many as it likes. */
const MAX_PATHS = 100;

/**
 * What tar may say of a file and go on: that commands have closed it to the server, which only they can answer for, or that its
 * session or project is gone since it was listed. A name in it has no line break: tar escapes them.
 */
const CLOSED =
  /^tar: \.\/((?:workspaces|agents|mcp|projects\/[^/]+\/setups)\/.*): Cannot (?:open|stat): Permission denied$/;
const GONE = [
  /^tar: \.\/((?:checkpoints|publications|projects)\/[^:]*): Cannot stat: No such file or directory$/,
  /^tar: \.\/(.*): File removed before we read it$/,
];
/** Of what changes while it is read, and of what is no file. */
const WARNING =
  /: (?:file changed as we read it|File shrank by \d+ bytes?; padding with zeros|(?:socket|door|Unknown file type; file) ignored)$/;
const SUMMARY = /^tar: Exiting with failure status due to previous errors$/;

export function nothingLeftOut(): LeftOut {
  return { closed: { count: 0, paths: [] }, gone: { count: 0, paths: [] } };
}

/**
 * Reads what tar says of the files that it archives.
 * @param leftOut is added to
 * @returns the first line that tells of a failure; undefined: there is none
 */
export async function readComplaints(output: Readable, leftOut: LeftOut): Promise<string | undefined> {
  let failure: string | undefined;
  for await (const line of createInterface({ input: output })) {
    const closed = CLOSED.exec(line)?.[1];
    const gone = GONE.map((form) => form.exec(line)?.[1]).find((path) => path !== undefined);
    if (closed !== undefined) note(leftOut.closed, closed);
    else if (gone !== undefined) note(leftOut.gone, gone);
    else if (!WARNING.test(line) && !SUMMARY.test(line)) failure ??= line;
  }
  return failure;
}

function note(files: Files, path: string): void {
  files.count += 1;
  if (files.paths.length < MAX_PATHS) files.paths.push(path);
}
