import { MAX_ATTACHMENTS, MAX_BLOB_BYTES } from "@trunkline/contract";
import { bytes, plural } from "../text/quantity.ts";
import { randomKey } from "../text/random-key.ts";

/** A file that belongs to a message that is being written or sent. Its bytes are kept apart (kept-files.ts). */
export interface AttachedFile {
  id: string;
  name: string;
  /** As the browser says; the server decides by the bytes. */
  mediaType: string;
  bytes: number;
}

/** What takes a file of the user's. */
export interface Taken {
  taken: readonly { file: AttachedFile; data: File }[];
  /** Why the others were not, a sentence each. */
  refused: readonly string[];
}

/** @param known those that are attached already */
export function takeFiles(known: readonly Pick<AttachedFile, "name">[], files: readonly File[]): Taken {
  const taken: { file: AttachedFile; data: File }[] = [];
  const refused: string[] = [];
  const names = new Set(known.map(({ name }) => name));
  for (const [place, data] of files.entries()) {
    const name = freeName(readableName(data.name), names);
    if (known.length + taken.length >= MAX_ATTACHMENTS) {
      const left = plural(files.length - place, "file was", "files were");
      refused.push(`A message takes up to ${MAX_ATTACHMENTS} files; ${left} not attached.`);
      break;
    }
    if (data.size > MAX_BLOB_BYTES) {
      refused.push(`${name} has ${bytes(data.size)}; files may have up to ${bytes(MAX_BLOB_BYTES)}.`);
      continue;
    }
    names.add(name);
    taken.push({ file: { id: randomKey(), name, mediaType: data.type, bytes: data.size }, data });
  }
  return { taken, refused };
}

/** As the server takes it: without invisible characters, and not too long. */
function readableName(name: string): string {
  const readable = name.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, "").trim();
  const [, stem = "", extension = ""] = /^(.*?)(\.[^.]{1,20})?$/su.exec(readable) ?? [];
  return `${stem.slice(0, 200).toWellFormed()}${extension}` || "file";
}

/** Whatever is pasted is called `image.png`. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  const [, stem = name, extension = ""] = /^(.+?)(\.[^.]{1,20})?$/su.exec(name) ?? [];
  for (let number = 1; ; number++) {
    const free = number === 1 ? name : `${stem}-${number}${extension}`;
    if (!taken.has(free)) return free;
  }
}

/** Images that browsers draw and that hold no scripts. */
const DRAWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
/** Larger ones are offered for download only, in bytes. */
const MAX_PREVIEW_BYTES = 16_777_216;

export const hasPreview = (file: { mediaType: string; bytes: number }): boolean =>
  DRAWN.has(file.mediaType) && file.bytes <= MAX_PREVIEW_BYTES;
