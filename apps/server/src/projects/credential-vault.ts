import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ProjectCredential, TrunklineError } from "@trunkline/contract";

/** Holds the key, beside what the nodes share: a copy of the database alone opens nothing. */
const CREDENTIALS_KEY_FILE = "credentials.key";
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = "v1";

/**
 * Encrypts credentials for the store with AES-256-GCM. The project's id is authenticated with each, so that nobody who
 * can write to the database can make one project use another's.
 */
export class CredentialVault {
  readonly #file: string;
  readonly #mayCreate: boolean;
  #key: Promise<Buffer> | undefined;

  /** @param options.keyFile the operator's own; absent: one in the shared directory, created when it is first needed. */
  constructor({ sharedDir, keyFile }: { sharedDir: string; keyFile: string | undefined }) {
    this.#file = keyFile ?? join(sharedDir, CREDENTIALS_KEY_FILE);
    this.#mayCreate = keyFile === undefined;
  }

  /** @throws TrunklineError `unavailable` if the key can't be read. */
  async seal(projectId: string, credential: ProjectCredential): Promise<string> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", await this.#readKey(), iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(projectId));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(credential), "utf8"), cipher.final()]);
    return `${VERSION}:${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64")}`;
  }

  /** @throws TrunklineError `unavailable` if it was stored with another key. */
  async open(projectId: string, sealed: string): Promise<ProjectCredential> {
    const key = await this.#readKey();
    const [version, text = ""] = sealed.split(":", 2);
    const bytes = Buffer.from(text, "base64");
    try {
      if (version !== VERSION) throw new Error(`unknown format ${version}`);
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(projectId));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const open = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(open.toString("utf8")) as ProjectCredential;
    } catch {
      throw new TrunklineError(
        "unavailable",
        "The project's credential was stored with another key. Set it again, or restore the key file",
      );
    }
  }

  /** Read once; a failure is not kept, so that the operator can repair it without a restart. */
  async #readKey(): Promise<Buffer> {
    this.#key ??= this.#load();
    try {
      return await this.#key;
    } catch (error) {
      this.#key = undefined;
      throw error;
    }
  }

  async #load(): Promise<Buffer> {
    const known = await readFile(this.#file, "utf8").catch(async (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" && this.#mayCreate) return this.#create();
      throw unusable(this.#file, error.message);
    });
    const key = Buffer.from(known.trim(), "base64");
    if (key.length !== KEY_BYTES) throw unusable(this.#file, "it does not hold 32 bytes in base64");
    return key;
  }

  /** Atomic: of two nodes that start at once, both use the first one's. */
  async #create(): Promise<string> {
    const draft = `${this.#file}.${randomUUID()}`;
    await writeFile(draft, `${randomBytes(KEY_BYTES).toString("base64")}\n`, { mode: 0o600, flush: true });
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

function unusable(file: string, why: string): TrunklineError {
  return new TrunklineError(
    "unavailable",
    `The key for credentials, ${file}, can't be used: ${why}. Create one: (umask 077; head -c 32 /dev/urandom | base64 > FILE)`,
  );
}
