import { stat } from "node:fs/promises";
import { TrunklineError } from "@trunkline/contract";
import { closedUnread } from "../../common/closed-unread.ts";
import type { WorkspaceFiles } from "../port.ts";
import { archiveWorkspace } from "./archive-workspace.ts";
import { filePieces } from "./file-pieces.ts";
import { type HeldDirectory, holdDirectory } from "./held-directory.ts";
import { listEntries } from "./list-entries.ts";
import { openFile, type OpenedFile } from "./open-file.ts";
import { readPiece } from "./read-piece.ts";
import { WorkspaceError } from "./workspace-error.ts";

/** Reads through descriptors instead of paths, like the tools: a link that is swapped in leads nowhere. */
export const workspaceFiles: WorkspaceFiles = {
  async list(workspace, { path, cursor, limit }) {
    const held = await holdUnlessAbsent(workspace, path);
    if (held === null) return { items: [], nextCursor: null };
    await using directory = held.directory;
    return await listEntries(directory, { shown: held.shown, cursor, limit });
  },

  async read(workspace, { path, ...piece }) {
    await using file = await openForOwner(workspace, path);
    return await readPiece(file, piece);
  },

  async open(workspace, path) {
    const file = await openForOwner(workspace, path);
    const close = async (): Promise<void> => file[Symbol.asyncDispose]();
    return { bytes: file.size, content: closedUnread(contentOf(file), close) };
  },

  async *archive(workspace, options) {
    const held = await holdUnlessAbsent(workspace, ".");
    yield* archiveWorkspace(held?.directory ?? null, options);
  },
};

/** @returns null for the root of a workspace that does not exist yet */
async function holdUnlessAbsent(
  workspace: string,
  path: string,
): Promise<{ directory: HeldDirectory; shown: string } | null> {
  if (path === "." && !(await exists(workspace))) return null;
  return await explained(path, async () => holdDirectory(workspace, path));
}

async function openForOwner(workspace: string, path: string): Promise<OpenedFile> {
  return await explained(path, async () => {
    try {
      return await openFile(workspace, path);
    } catch (error) {
      // `a.txt/` and `a.txt/b` lead nowhere.
      if (!(error instanceof WorkspaceError) || codeOf(error.cause) !== "ENOTDIR") throw error;
      throw new TrunklineError("not_found", error.message, { cause: error });
    }
  });
}

/** As long as the file was when it was opened, unless it has become shorter, which breaks off. */
async function* contentOf(opened: OpenedFile): AsyncGenerator<Uint8Array, void> {
  await using file = opened;
  let missing = file.size;
  for await (const piece of filePieces(file.handle, file.size)) {
    missing -= piece.length;
    yield piece;
  }
  if (missing > 0) throw new Error(`${file.shown} became shorter while it was read`);
}

async function exists(directory: string): Promise<boolean> {
  try {
    await stat(directory);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** What went wrong, for the caller of the API. */
async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = error instanceof WorkspaceError ? error.cause : error;
    const isMissing =
      codeOf(cause) === "ENOENT" ||
      (error instanceof WorkspaceError && error.message.endsWith("no such file or directory"));
    if (isMissing)
      throw new TrunklineError("not_found", `${path}: no such file or directory`, { cause: error });
    if (!(error instanceof WorkspaceError)) throw error;
    throw new TrunklineError("validation_failed", error.message, { cause: error });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
