import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { BackupError } from "./backup-error.ts";
import { LeftOut } from "./left-out.ts";

const MANIFEST_FILE = "trunkline-backup.json";

const File = z.object({ name: z.string().regex(/^[\w.-]+$/), sha256: z.string(), bytes: z.number() });
const Manifest = z.object({
  format: z.literal(1),
  createdAt: z.number(),
  /** Of the server that makes it by itself, and removes it again; absent: somebody has made it, or an earlier version. */
  installation: z.string().optional(),
  /** Of the server that the backup is of: paths in git's files begin with it. */
  directory: z.string(),
  engine: z.enum(["sqlite", "postgres"]),
  database: File,
  archives: z.array(File.extend({ files: z.number() })),
  /** Absent: an earlier version has not recorded it. */
  leftOut: LeftOut.optional(),
  /** Whether the key of the encrypted credentials is part of it. */
  hasKeys: z.boolean(),
});
export type Manifest = z.infer<typeof Manifest>;

/** Written last: a directory without it is no backup. */
export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  await writeFile(join(directory, MANIFEST_FILE), text, { mode: 0o600, flush: true, flag: "wx" });
}

/** @throws BackupError if the directory is no backup that this version knows */
export async function readManifest(directory: string): Promise<Manifest> {
  const text = await readFile(join(directory, MANIFEST_FILE), "utf8").catch((cause: unknown) => {
    throw new BackupError(`${directory} is not a whole backup: it has no ${MANIFEST_FILE}`, { cause });
  });
  try {
    return Manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new BackupError(`${join(directory, MANIFEST_FILE)} is damaged, or of a later version`, { cause });
  }
}

/** @throws BackupError if a file of the backup is not what was written */
export async function checkFiles(directory: string, { database, archives }: Manifest): Promise<void> {
  for (const { name, sha256 } of [database, ...archives]) {
    const path = join(directory, name);
    const found = await hashOf(path).catch((cause: unknown) => {
      throw new BackupError(`${path} of the backup can't be read`, { cause });
    });
    if (found !== sha256) throw new BackupError(`${path} is damaged: it is not what was backed up`);
  }
}

export async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}
