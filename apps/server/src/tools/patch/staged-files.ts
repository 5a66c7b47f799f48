import { lstat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { findFilePlace, holdDirectory } from "../files/held-directory.ts";
import { countLineChanges } from "../files/line-changes.ts";
import { openAt } from "../files/open-file.ts";
import { replaceFile } from "../files/replace-file.ts";
import { detectEncoding, ENCODING_SAMPLE_BYTES, type FileEncoding } from "../files/text-encoding.ts";
import { readWholeText } from "../files/text-file.ts";
import { toWorkspaceError, WorkspaceError } from "../files/workspace-error.ts";
import { resolveInWorkspace } from "../files/workspace-path.ts";
import type { ToolResult } from "../port.ts";
import { PatchError } from "./file-patch.ts";

type FileChange = NonNullable<ToolResult["fileChanges"]>[number];

interface Staged {
  /** As given by the caller. */
  path: string;
  before: Uint8Array | null;
  /** Null: deleted. */
  after: Uint8Array | null;
  /** Permission bits. */
  mode: number | undefined;
}

/** Bytes of all files of a patch, before and after. */
const MAX_TOTAL_BYTES = 67_108_864;

/** Files as a patch leaves them, until all of it is known to fit. */
export class StagedFiles {
  readonly #workspace: string;
  /** By where they really are: two paths may lead to one file. */
  readonly #files = new Map<string, Staged>();
  #bytes = 0;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /** @throws WorkspaceError, PatchError if it does not exist, or is no text. */
  async read(path: string): Promise<{ bytes: Uint8Array; encoding: FileEncoding; mode: number | undefined }> {
    const staged = this.#files.get(await this.#keyOf(path));
    if (staged !== undefined) {
      if (staged.after === null) throw new PatchError(`${path}: the patch has deleted it already`);
      const encoding = detectEncoding(staged.after.subarray(0, ENCODING_SAMPLE_BYTES)) ?? "utf-8";
      return { bytes: staged.after, encoding, mode: staged.mode };
    }
    await using place = await findFilePlace(this.#workspace, path);
    await using file = await openAt(place);
    const { bytes, encoding } = await readWholeText(file);
    this.#count(bytes);
    this.#files.set(await this.#keyOf(path), { path, before: bytes, after: bytes, mode: file.mode });
    return { bytes, encoding, mode: file.mode };
  }

  /** @throws PatchError if there is a file of that name. */
  async add(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
    const key = await this.#keyOf(path);
    const staged = this.#files.get(key);
    const exists = staged === undefined ? await this.#exists(path) : staged.after !== null;
    if (exists) throw new PatchError(`${path}: it exists already: update it, or delete it first`);
    this.#count(bytes);
    this.#files.set(key, { path, before: staged?.before ?? null, after: bytes, mode });
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    const staged = this.#files.get(await this.#keyOf(path));
    if (staged === undefined) throw new Error(`${path} was not read`);
    this.#count(bytes);
    staged.after = bytes;
  }

  /** @throws WorkspaceError, PatchError if there is no such file, or it is a link. */
  async remove(path: string): Promise<void> {
    const key = await this.#keyOf(path);
    const staged = this.#files.get(key);
    if (staged?.after === null) throw new PatchError(`${path}: the patch has deleted it already`);
    if (staged?.before !== null) {
      const { directory } = await this.#parent(path);
      await using parent = directory;
      const stats = await lstat(parent.entry(basename(path))).catch((error: unknown) => {
        throw toWorkspaceError(path, error);
      });
      if (!stats.isFile()) throw new PatchError(`${path}: only files can be deleted by a patch`);
    }
    if (staged === undefined)
      this.#files.set(key, { path, before: new Uint8Array(), after: null, mode: undefined });
    else staged.after = null;
  }

  /** Writes everything. @throws WorkspaceError that says what was written before. */
  async commit(signal: AbortSignal): Promise<FileChange[]> {
    const changes: FileChange[] = [];
    // What is moved is in its new place before it leaves the old one.
    const [written, deleted] = [true, false].map((isKept) =>
      [...this.#files.values()].filter(({ after }) => (after !== null) === isKept),
    );
    for (const { path, before, after, mode } of [...(written ?? []), ...(deleted ?? [])]) {
      if (before === after) continue;
      signal.throwIfAborted();
      try {
        changes.push(
          after === null ? await this.#delete(path, before) : await this.#write(path, before, after, mode),
        );
      } catch (error) {
        if (changes.length === 0) throw error;
        const done = changes.map((change) => change.path).join(", ");
        const message = error instanceof Error ? error.message : String(error);
        throw new WorkspaceError(`${message}. Changed before that: ${done}`, { cause: error });
      }
    }
    return changes;
  }

  async #write(
    path: string,
    before: Uint8Array | null,
    after: Uint8Array,
    mode: number | undefined,
  ): Promise<FileChange> {
    await using place = await findFilePlace(this.#workspace, path, { createParents: true });
    await replaceFile(place, after, mode);
    const change = before === null ? ("created" as const) : ("modified" as const);
    return { path: place.shown, change, ...countLineChanges(before ?? new Uint8Array(), after) };
  }

  async #delete(path: string, before: Uint8Array | null): Promise<FileChange> {
    const { directory, shown } = await this.#parent(path);
    await using parent = directory;
    const name = basename(path);
    try {
      await unlink(parent.entry(name));
    } catch (error) {
      throw toWorkspaceError(path, error);
    }
    const { deletions } = countLineChanges(before ?? new Uint8Array(), new Uint8Array());
    return { path: shown === "." ? name : join(shown, name), change: "deleted", additions: 0, deletions };
  }

  async #parent(path: string) {
    return holdDirectory(this.#workspace, dirname(path));
  }

  async #exists(path: string): Promise<boolean> {
    const { missing } = await resolveInWorkspace(this.#workspace, path);
    return missing.length === 0;
  }

  async #keyOf(path: string): Promise<string> {
    const { existing, missing } = await resolveInWorkspace(this.#workspace, path);
    return join(existing, ...missing);
  }

  #count(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_TOTAL_BYTES) throw new PatchError("The patch changes too much at once: split it");
  }
}
