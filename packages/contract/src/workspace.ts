import { z } from "zod";
import {
  DEFAULT_READ_BYTES,
  DEFAULT_WORKSPACE_PAGE_SIZE,
  MAX_PATH_LENGTH,
  MAX_READ_BYTES,
  MAX_WORKSPACE_PAGE_SIZE,
} from "./limits.ts";
import { Id, Timestamp } from "./primitives.ts";

/** A path in a session's workspace, relative to it and with `/` between names. */
export const WorkspacePath = z.string().min(1).max(MAX_PATH_LENGTH);

/** What an entry is. Links are shown, never followed; `other` are sockets, pipes and devices. */
export const WorkspaceEntryKind = z.enum(["directory", "file", "link", "other"]);
export type WorkspaceEntryKind = z.infer<typeof WorkspaceEntryKind>;

/** A file or directory of a workspace. */
export const WorkspaceEntry = z.strictObject({
  name: z.string(),
  /** Relative to the workspace. */
  path: z.string(),
  kind: WorkspaceEntryKind,
  /** Size of a file, in bytes; null for anything else. */
  bytes: z.int().nonnegative().nullable(),
  /** When its content last changed, ms since the epoch. */
  modifiedAt: Timestamp,
  /** Whether its owner may execute it; false for anything but a file. */
  executable: z.boolean(),
  /** Where a link leads, as it is written; null for anything else. */
  target: z.string().nullable(),
});
export type WorkspaceEntry = z.infer<typeof WorkspaceEntry>;

export const ListWorkspaceInput = z.strictObject({
  sessionId: Id,
  /** Directory to list; absent: the workspace itself. */
  path: WorkspacePath.optional(),
  /** Opaque: pass what `nextCursor` returned. */
  cursor: z.string().min(1).max(2_000).optional(),
  /** Maximum number of items. */
  limit: z.int().min(1).max(MAX_WORKSPACE_PAGE_SIZE).default(DEFAULT_WORKSPACE_PAGE_SIZE),
});
export type ListWorkspaceInput = z.infer<typeof ListWorkspaceInput>;

/** One directory: its directories by name, then everything else by name. */
export const WorkspacePage = z.strictObject({
  items: z.array(WorkspaceEntry),
  /** Pass it as `cursor` to get the next page; null on the last page. */
  nextCursor: z.string().nullable(),
});
export type WorkspacePage = z.infer<typeof WorkspacePage>;

export const ReadWorkspaceInput = z
  .strictObject({
    sessionId: Id,
    /** File to read, relative to the workspace. */
    path: WorkspacePath,
    /** First byte to read; a character that it falls into is left out. Absent: the beginning. */
    fromByte: z.int().nonnegative().optional(),
    /** First line to read, from 1, in place of `fromByte`. */
    fromLine: z.int().min(1).optional(),
    /** How many bytes to read at most. */
    maxBytes: z.int().min(1_024).max(MAX_READ_BYTES).default(DEFAULT_READ_BYTES),
  })
  .refine((input) => input.fromByte === undefined || input.fromLine === undefined, {
    message: "Use either fromByte or fromLine, not both",
  });
export type ReadWorkspaceInput = z.infer<typeof ReadWorkspaceInput>;

/** A piece of a text file; it ends with a whole line unless one line is longer than what was asked for. */
export const WorkspaceText = z.strictObject({
  /** Relative to the workspace. */
  path: z.string(),
  /** Size of the whole file, in bytes. */
  bytes: z.int().nonnegative(),
  /** When its content last changed, ms since the epoch. */
  modifiedAt: Timestamp,
  /** Detected from its first 64 KiB; null: it is not text, and `text` is empty. */
  encoding: z.enum(["utf-8", "utf-16le", "utf-16be", "windows-1252"]).nullable(),
  text: z.string(),
  /** The first byte of this piece. */
  fromByte: z.int().nonnegative(),
  /** Number of its first line, from 1; null if `fromByte` was given. */
  fromLine: z.int().min(1).nullable(),
  /** Pass it as `fromByte` to read on; null at the end of the file. */
  nextByte: z.int().nonnegative().nullable(),
});
export type WorkspaceText = z.infer<typeof WorkspaceText>;
