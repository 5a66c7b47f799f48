import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TrunklineError } from "@trunkline/contract";
import { type CredentialKeys, newKey, parseKeys } from "./credential-keys.ts";

/** Holds the key, beside what the nodes share: a copy of the database alone opens nothing. */
export const CREDENTIALS_KEY_FILE = "credentials.key";
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = "v1";

/**
 * Encrypts credentials for the store with AES-256-GCM. The id of what each belongs to, such as a project, is
 * authenticated with it, so that nobody who can write to the database can make one project use another's.
 */
export class CredentialVault {
  readonly #file: string;
  readonly #mayCreate: boolean;
  #keys: Promise<CredentialKeys> | undefined;

  /** @param options.keyFile the operator's own; absent: one in the shared directory, created when it is first needed. */
  constructor({ sharedDir, keyFile }: { sharedDir: string; keyFile: string | undefined }) {
    this.#file = keyFile ?? join(sharedDir, CREDENTIALS_KEY_FILE);
    this.#mayCreate = keyFile === undefined;
  }

  /** @throws TrunklineError `unavailable` if the key can't be read. */
  async seal(belongsTo: string, credential: object): Promise<string> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", (await this.#readKeys()).current, iv, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(Buffer.from(belongsTo));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(credential), "utf8"), cipher.final()]);
    return `${VERSION}:${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64")}`;
  }

  /** @throws TrunklineError `unavailable` if it was stored with another key. */
  async open<Credential extends object>(belongsTo: string, sealed: string): Promise<Credential> {
    const { current, earlier } = await this.#readKeys();
    for (const key of [current, ...earlier]) {
      const text = openWith(key, belongsTo, sealed);
      if (text !== null) return JSON.parse(text) as Credential;
    }
    throw new TrunklineError(
      "unavailable",
      "The credential was stored with another key. Set it again, or restore the key file",
    );
  }

  /** Read once; a failure is not kept, so that the operator can repair it without a restart. */
  async #readKeys(): Promise<CredentialKeys> {
    this.#keys ??= this.#load();
    try {
      return await this.#keys;
    } catch (error) {
      this.#keys = undefined;
      throw error;
    }
  }

  async #load(): Promise<CredentialKeys> {
    const known = await readFile(this.#file, "utf8").catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" && this.#mayCreate) return this.#create();
      throw unusable(this.#file, error.message, error.code === "ENOENT");
    });
    const keys = parseKeys(known);
    if (keys === null) throw unusable(this.#file, "it does not hold 32 bytes in base64", true);
    return keys;
  }

  /** Atomic: of two nodes that start at once, both use the first one's. */
  async #create(): Promise<string> {
    const draft = `${this.#file}.${randomUUID()}`;
    await writeFile(draft, `${newKey().toString("base64")}\n`, { mode: 0o600, flush: true });
    try {
      await link(draft, this.#file).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      });
    } finally {
      await rm(draft);
    }
    return readFile(this.#file, "utf8");
  }
}

/** @returns the text; null if it was sealed with another key, for something else, or changed since. */
function openWith(key: Buffer, belongsTo: string, sealed: string): string | null {
  const [version, text = ""] = sealed.split(":", 2);
  if (version !== VERSION) return null;
  const bytes = Buffer.from(text, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(belongsTo));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
      "utf8",
    );
  } catch {
    return null;
  }
}

/** @param isLost whether there is no key in it that a new one could overwrite */
function unusable(file: string, why: string, isLost: boolean): TrunklineError {
  const advice = isLost
    ? "Create one: (umask 077; head -c 32 /dev/urandom | base64 > FILE)"
    : "Let the server's user read it";
  return new TrunklineError(
    "unavailable",
    `The key for credentials, ${file}, can't be used: ${why}. ${advice}`,
  );
}
