import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The command's identity inside. Outside it is the server's own user, without capabilities. */
export interface Identity {
  uid: number;
  gid: number;
  /** bwrap arguments for an `/etc/passwd` and `/etc/group` with only this user. */
  mounts: string[];
}

/** Programs that find themselves root try to chown files, and fail: there is only one user inside. */
const ORDINARY_ID = 1_000;

/**
 * Writes the identity files of the sandbox.
 * @param directory Created. A command can read the files but not the directory.
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
    // With network, the machine's own file is used.
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
