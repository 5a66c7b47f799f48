import { lstat, readdir, readlink } from "node:fs/promises";

/** Programs and libraries, read-only. */
const SYSTEM_DIRECTORIES = ["/usr", "/nix/store", "/gnu/store"];

/** Separate directories, or links into `/usr`. */
const ROOT_DIRECTORIES = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/** What every command sees, whatever else it sees. */
export const SHOWN_DIRECTORIES: readonly string[] = [...SYSTEM_DIRECTORIES, ...ROOT_DIRECTORIES];

/**
 * The parts of `/etc` that programs need and that reveal nothing about the machine's owner. Keys are stored beside
 * certificates (`/etc/ssl/private`), so these are listed individually.
 */
const SYSTEM_SETTINGS = [
  "/etc/alternatives",
  "/etc/ca-certificates",
  "/etc/crypto-policies",
  "/etc/debian_version",
  "/etc/fonts",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/locale.alias",
  "/etc/localtime",
  "/etc/magic",
  "/etc/mime.types",
  "/etc/nsswitch.conf",
  "/etc/os-release",
  "/etc/pki/ca-trust/extracted",
  "/etc/pki/tls/certs",
  "/etc/protocols",
  "/etc/services",
  "/etc/ssl/certs",
  "/etc/ssl/openssl.cnf",
  "/etc/terminfo",
  "/etc/timezone",
];

/** Java's configuration; the directory's name contains its version. */
const JAVA_SETTINGS = /^java-\d+/;

const NETWORK_SETTINGS = ["/etc/gai.conf", "/etc/host.conf", "/etc/hosts", "/etc/resolv.conf"];

export interface SystemMounts {
  /** Arguments for bwrap. */
  arguments: string[];
  /** Directories that they show. */
  directories: readonly string[];
}

/** The system's directories, read-only: what every user can read, and part of `/etc`. */
export async function findSystemMounts({ network }: { network: boolean }): Promise<SystemMounts> {
  const mounts = SYSTEM_DIRECTORIES.flatMap((path) => ["--ro-bind-try", path, path]);
  for (const path of ROOT_DIRECTORIES) mounts.push(...(await rootDirectory(path)));
  const java = (await readdir("/etc")).filter((name) => JAVA_SETTINGS.test(name));
  const settings = [
    ...SYSTEM_SETTINGS,
    ...java.map((name) => `/etc/${name}`),
    ...(network ? NETWORK_SETTINGS : []),
  ];
  mounts.push(...settings.flatMap((path) => ["--ro-bind-try", path, path]));
  return { arguments: mounts, directories: SHOWN_DIRECTORIES };
}

async function rootDirectory(path: string): Promise<string[]> {
  try {
    const entry = await lstat(path);
    return entry.isSymbolicLink() ? ["--symlink", await readlink(path), path] : ["--ro-bind", path, path];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
