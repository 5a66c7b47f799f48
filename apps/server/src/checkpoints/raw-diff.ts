import type { ChangedFile } from "@trunkline/contract";
import { pathText } from "./git-path.ts";

/**
 * Parses `git diff-tree -r -z -M --raw --numstat`: first all raw records, `:100644 100755 HASH HASH M NUL path NUL`
 * (renames have two paths), then a numstat record each, `ADDED TAB DELETED TAB path NUL`, or with an empty path and then
 * `old NUL new NUL`. Without `--numstat`, lines are not counted.
 * @throws Error if it is something else.
 */
export function parseRawDiff(output: Buffer): ChangedFile[] {
  const fields = splitAtNul(output);
  const files: ChangedFile[] = [];
  let at = 0;
  const next = (): Buffer => {
    const field = fields[at++];
    if (field === undefined) throw new Error("git's list of changes ends in the middle");
    return field;
  };
  while (fields[at]?.[0] === COLON) {
    const record = RAW.exec(next().toString("latin1"));
    if (record === null) throw new Error("git's list of changes has a line that is none");
    const [, oldMode = "", newMode = "", letter = ""] = record;
    const first = pathText(next());
    const isRenamed = letter === "R" || letter === "C";
    files.push({
      path: isRenamed ? pathText(next()) : first,
      ...(isRenamed && { oldPath: first }),
      status: STATUSES[letter] ?? "modified",
      additions: null,
      deletions: null,
      binary: false,
      oldMode: modeOrNull(oldMode),
      newMode: modeOrNull(newMode),
    });
  }
  for (const file of at < fields.length ? files : []) {
    const record = NUMSTAT.exec(next().toString("latin1"));
    if (record === null) throw new Error("git's counts of lines have a line that is none");
    const [, added = "", deleted = "", path] = record;
    if (path === "") at += 2;
    if (added === "-") file.binary = true;
    else {
      file.additions = Number(added);
      file.deletions = Number(deleted);
    }
  }
  return files;
}

const COLON = 0x3a;
const RAW = /^:(\d{6}) (\d{6}) [0-9a-f]+ [0-9a-f]+ ([A-Z])\d*$/;
const NUMSTAT = /^(\d+|-)\t(\d+|-)\t([^]*)$/;

const STATUSES: Readonly<Record<string, ChangedFile["status"]>> = {
  A: "added",
  C: "added",
  D: "deleted",
  M: "modified",
  R: "renamed",
  T: "type-changed",
};

function modeOrNull(mode: string): string | null {
  return mode === "000000" ? null : mode;
}

export function splitAtNul(bytes: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0, from);
    // What follows the last NUL was cut off.
    if (end === -1) break;
    fields.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return fields;
}
