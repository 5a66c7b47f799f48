import { open } from "node:fs/promises";

/** What was renamed in the directory is so for good. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
