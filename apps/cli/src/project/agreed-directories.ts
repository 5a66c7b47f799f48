import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError } from "../command-error.ts";
import { EXIT } from "../exit-code.ts";
import { fileProblem } from "../file-problem.ts";

/** What was answered for a directory, so that nobody is asked twice. */
interface Entry {
  /** Without symbolic links. */
  path: string;
  userId: string;
  agreed: boolean;
}

/**
 * Answers are files of the server's data directory: whoever can write there runs the server, so the server takes the agreement
 * from nowhere else.
 */
const file = (dataDir: string): string => join(dataDir, "agreed-directories.json");

/** @returns undefined if nobody has answered yet */
export async function agreementOn(
  dataDir: string,
  { path, userId }: Pick<Entry, "path" | "userId">,
): Promise<boolean | undefined> {
  const entries = await readEntries(dataDir);
  return entries.find((entry) => entry.path === path && entry.userId === userId)?.agreed;
}

/** @throws CommandError if the data directory is somebody else's */
export async function rememberAgreement(dataDir: string, answer: Entry): Promise<void> {
  const others = (await readEntries(dataDir)).filter(
    ({ path, userId }) => path !== answer.path || userId !== answer.userId,
  );
  const draft = `${file(dataDir)}.${process.pid}`;
  try {
    await writeFile(draft, `${JSON.stringify({ directories: [...others, answer] }, null, 2)}\n`, {
      mode: 0o600,
    });
    await chmod(draft, 0o600);
    await rename(draft, file(dataDir));
  } catch (error) {
    throw new CommandError(
      EXIT.usage,
      `Can't write to ${dataDir}: ${fileProblem(error)}. Only who runs the server can let sessions use a directory outside of ` +
        "TRUNKLINE_PROJECT_ROOTS.",
      { cause: error },
    );
  }
}

async function readEntries(dataDir: string): Promise<Entry[]> {
  try {
    const content = JSON.parse(await readFile(file(dataDir), "utf8")) as { directories?: Entry[] } | null;
    return Array.isArray(content?.directories) ? content.directories : [];
  } catch {
    // Absent or unreadable: nobody has answered.
    return [];
  }
}
