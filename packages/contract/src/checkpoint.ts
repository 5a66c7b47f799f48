import { z } from "zod";
import {
  DEFAULT_PAGE_SIZE,
  MAX_CHANGED_FILES,
  MAX_PAGE_SIZE,
  MAX_PATH_LENGTH,
  MAX_REVERTED_PATHS,
} from "./limits.ts";
import { Id, PageCursor, Seq, Timestamp } from "./primitives.ts";

/** Why a checkpoint was saved: see `checkpoint.created`. */
export const CHECKPOINT_CAUSES = ["base", "step", "end", "before-revert", "revert"] as const;

/** Git's name of a commit or tree, hex. */
export const GitHash = z.string().regex(/^[0-9a-f]{40,64}$/);

/** The files of a session's workspace as they were after an event. */
export const Checkpoint = z.strictObject({
  /** Its event: what `fromSeq`, `toSeq` and `atSeq` can name, or any later event up to the next checkpoint. */
  seq: Seq,
  /** Ms since the epoch. */
  at: Timestamp,
  /** The task that wrote the files; null: none did. */
  taskId: Id.nullable(),
  commit: GitHash,
  /** Of all its files: equal for two checkpoints with the same files. */
  tree: GitHash.nullable(),
  cause: z.enum(CHECKPOINT_CAUSES).nullable(),
  /** Paths that it lacks, e.g. because they are too large; at most 100 are named. */
  omitted: z.array(z.string()),
});
export type Checkpoint = z.infer<typeof Checkpoint>;

export const ListCheckpointsInput = z.strictObject({
  sessionId: Id,
  cursor: PageCursor.optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
});
export type ListCheckpointsInput = z.infer<typeof ListCheckpointsInput>;

/** Newest first. */
export const CheckpointPage = z.strictObject({
  items: z.array(Checkpoint),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: PageCursor.nullable(),
});
export type CheckpointPage = z.infer<typeof CheckpointPage>;

const Range = z.strictObject({
  sessionId: Id,
  /** Compares with the files after this event; absent: with those that the session started with. */
  fromSeq: Seq.optional(),
  /** Compares the files after this event; absent: the newest. */
  toSeq: Seq.optional(),
});

export const ListChangesInput = Range;
export type ListChangesInput = z.infer<typeof ListChangesInput>;

export const FILE_CHANGE_STATUSES = ["added", "modified", "deleted", "renamed", "type-changed"] as const;

/**
 * A file that differs. Paths are relative to the workspace; one that is not UTF-8 is quoted as git does:
 * `"caf\351.txt"`.
 */
export const ChangedFile = z.strictObject({
  path: z.string(),
  /** What it was called before; only with `renamed`. */
  oldPath: z.string().optional(),
  status: z.enum(FILE_CHANGE_STATUSES),
  /** Added lines; null: it is binary, or so much changed that lines were not counted. */
  additions: z.int().nonnegative().nullable(),
  /** Deleted lines; null as above. */
  deletions: z.int().nonnegative().nullable(),
  binary: z.boolean(),
  /** Git's mode before, octal: `100644`, `100755` (executable), `120000` (link); null: there was no such file. */
  oldMode: z.string().nullable(),
  /** The same after. */
  newMode: z.string().nullable(),
});
export type ChangedFile = z.infer<typeof ChangedFile>;

/** The net difference between two checkpoints. */
export const Changes = z.strictObject({
  /** By path. At most 2,000. */
  files: z.array(ChangedFile).max(MAX_CHANGED_FILES),
  /** Whether there are more files. */
  truncated: z.boolean(),
  /** Of the files listed. */
  additions: z.int().nonnegative(),
  /** Of the files listed. */
  deletions: z.int().nonnegative(),
  /** The compared checkpoints; null: none has been saved yet, and nothing differs. */
  fromCommit: GitHash.nullable(),
  toCommit: GitHash.nullable(),
});
export type Changes = z.infer<typeof Changes>;

const FilePath = z.string().min(1).max(MAX_PATH_LENGTH);

export const ReadDiffInput = Range.extend({
  /** One file, as in `session.changes`, or a directory; absent: all files. */
  path: FilePath.optional(),
  /** What a renamed file was called before, as in `session.changes`. */
  oldPath: FilePath.optional(),
});
export type ReadDiffInput = z.infer<typeof ReadDiffInput>;

/** The changes of one file, or of all. */
export const FileDiff = z.strictObject({
  /** As `git diff` prints it. Empty: nothing differs. Bytes that are not UTF-8 are shown as U+FFFD. */
  diff: z.string(),
  /** Whether the end is missing: at most 512 KiB for one path, and 2 MiB for all. */
  truncated: z.boolean(),
  fromCommit: GitHash.nullable(),
  toCommit: GitHash.nullable(),
});
export type FileDiff = z.infer<typeof FileDiff>;

export const RevertSessionInput = z.strictObject({
  sessionId: Id,
  /** Restores the files as they were after this event. */
  toSeq: Seq,
  /** Only these files and directories; absent: all. */
  paths: z.array(FilePath).min(1).max(MAX_REVERTED_PATHS).optional(),
});
export type RevertSessionInput = z.infer<typeof RevertSessionInput>;
