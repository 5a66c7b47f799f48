import { randomBytes } from "node:crypto";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Keys of a key file. */
export interface CredentialKeys {
  /** What is sealed from now on is sealed with it. */
  current: Buffer;
  /** Still opened with: those that a rotation has not finished with. */
  earlier: readonly Buffer[];
}

const KEY_BYTES = 32;

export const newKey = (): Buffer => randomBytes(KEY_BYTES);

/** A key a line, in base64, the current one first. @returns null if one is none */
export function parseKeys(text: string): CredentialKeys | null {
  const [current, ...earlier] = text
    .trim()
    .split(/\s+/)
    .map((line) => Buffer.from(line, "base64"));
  if (current === undefined || [current, ...earlier].some(({ length }) => length !== KEY_BYTES)) return null;
  return { current, earlier };
}

/** Whole or not at all, and durable when it resolves. */
export async function writeKeys(file: string, { current, earlier }: CredentialKeys): Promise<void> {
  const draft = `${file}.next`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile([current, ...earlier].map((key) => `${key.toString("base64")}\n`).join(""));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
  const directory = await open(dirname(file));
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
