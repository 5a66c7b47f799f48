import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Who a command is, to itself. Outside it is the server's own user, without any capability. */
export interface Identity {
  uid: number;
  gid: number;
  /** Arguments for bwrap that show the files of `/etc` with this user in them, and nobody else of the machine. */
  mounts: string[];
}

/** Programs that find themselves root try to give files away, and fail: only one user exists in there. */
const ORDINARY_ID = 1_000;

/**
 * Writes the files that say who is who in the sandbox.
 * @param directory Is made; a command can read those files and not the directory.
 */
export async function writeIdentity(directory: string, { network }: { network: boolean }): Promise<Identity> {
  const uid = process.getuid?.() || ORDINARY_ID;
  const gid = process.getgid?.() || ORDINARY_ID;
  const files: Record<string, string> = {
    passwd:
      `root:x:0:0:root:/root:/usr/sbin/nologin\n` +
      `trunkline:x:${uid}:${gid}:Trunkline:/tmp:/bin/bash\n` +
      `nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`,
    group: `root:x:0:\ntrunkline:x:${gid}:\nnogroup:x:65534:\n`,
    // With the network there is the machine's own.
    ...(network ? {} : { hosts: "127.0.0.1 localhost\n::1 localhost\n" }),
  };
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const mounts: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    await writeFile(path, text, { mode: 0o600 });
    mounts.push("--ro-bind", path, `/etc/${name}`);
  }
  return { uid, gid, mounts };
}
