import { Header } from "tar/header";
import { nameBytes } from "../../common/raw-names.ts";

export interface TarEntry {
  /** With `/` between names; a directory's ends in one. */
  path: string;
  type: "File" | "Directory" | "SymbolicLink";
  /** Permission bits. */
  mode: number;
  /** Of a file, in bytes. */
  size: number;
  /** ms since the epoch. */
  modifiedAt: number;
  /** Where a link leads. */
  linkpath?: string;
}

const BLOCK_BYTES = 512;
/** Times beyond this (about the year 2242) do not fit the format's eleven octal digits. */
const MAX_TIME_S = 0o77_777_777_777;

/** Bytes of a path that the header itself has room for, at best: a prefix, a slash and a name. */
const MAX_PATH_BYTES = 155 + 1 + 100;
/** What is left of a longer one there; the extended record before it has all of it. */
const SHORTENED = 99;

/** What goes before an entry's content (POSIX.1-2001 pax, with extended records only where needed). */
export function tarHeader({ modifiedAt, ...entry }: TarEntry): Buffer {
  const seconds = Math.min(Math.trunc(modifiedAt / 1_000), MAX_TIME_S);
  const fields = { ...entry, mtime: new Date(seconds * 1_000), uid: 0, gid: 0 };
  const { path, linkpath, size } = fields;
  // The library would look for a place to divide it at, in time that grows with the square of its length, for each file.
  const isLong = Buffer.byteLength(path) > MAX_PATH_BYTES;
  const isText = path.isWellFormed() && linkpath?.isWellFormed() !== false;
  const header = new Header(isLong ? { ...fields, path: path.slice(0, SHORTENED) } : fields);
  const block = Buffer.alloc(BLOCK_BYTES);
  if (!header.encode(block) && !isLong && isText) return block;
  const records = { path, size: String(size), ...(linkpath !== undefined && { linkpath }) };
  return Buffer.concat([extendedHeader(records), block]);
}

/** Records as `LENGTH KEY=VALUE`, by bytes: the library's have text alone, which not every path is. */
function extendedHeader(records: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const record = Buffer.concat([
        Buffer.from(` ${key}=`),
        Buffer.from(nameBytes(value)),
        Buffer.from("\n"),
      ]);
      const digits = String(record.length).length;
      // Its own digits count, and may make it one longer.
      const length = record.length + String(record.length + digits).length;
      return Buffer.concat([Buffer.from(String(length)), record]);
    }),
  );
  const block = Buffer.alloc(BLOCK_BYTES);
  new Header({ path: "PaxHeader", type: "ExtendedHeader", mode: 0o644, size: body.length }).encode(block);
  return Buffer.concat([block, body, tarPadding(body.length)]);
}

/** What goes after an entry's content, up to the next whole block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES);
}

export const TAR_END = Buffer.alloc(2 * BLOCK_BYTES);
