import { generateKeyPairSync } from "node:crypto";
import { TrunklineError } from "@trunkline/contract";
import type { PushStore } from "../store/port.ts";
import type { PushVault } from "./port.ts";

/** A pair of P-256 (RFC 8292), both base64url. */
export interface PushKeys {
  publicKey: string;
  privateKey: string;
}

/**
 * The pair that the server signs its notifications with, made when somebody first asks. Browsers subscribe with the public one, so
 * another pair makes all of them subscribe anew.
 */
export class ServerKeys {
  readonly #store: Pick<PushStore, "key" | "addKey">;
  readonly #vault: PushVault;
  readonly #now: () => number;
  #keys: Promise<PushKeys> | undefined;

  constructor(deps: { store: Pick<PushStore, "key" | "addKey">; vault: PushVault; now: () => number }) {
    this.#store = deps.store;
    this.#vault = deps.vault;
    this.#now = deps.now;
  }

  /** @throws TrunklineError `unavailable` */
  async get(): Promise<PushKeys> {
    this.#keys ??= this.#load();
    try {
      return await this.#keys;
    } catch (error) {
      // The operator can repair it without a restart.
      this.#keys = undefined;
      throw error;
    }
  }

  async #load(): Promise<PushKeys> {
    const known = await this.#store.key();
    if (known !== undefined) return this.#open(known);
    const keys = newKeys();
    const sealed = await this.#vault.seal(belongsTo(keys.publicKey), { privateKey: keys.privateKey });
    await this.#store.addKey({ publicKey: keys.publicKey, sealed, createdAt: this.#now() });
    // Another node may have been faster.
    const stored = await this.#store.key();
    return stored === undefined ? keys : this.#open(stored);
  }

  async #open({ publicKey, sealed }: { publicKey: string; sealed: string }): Promise<PushKeys> {
    try {
      const { privateKey } = await this.#vault.open<{ privateKey: string }>(belongsTo(publicKey), sealed);
      return { publicKey, privateKey };
    } catch (error) {
      if (!(error instanceof TrunklineError)) throw error;
      throw new TrunklineError(
        "unavailable",
        "The key for push notifications was stored with another key file. Restore that file; if it is lost, " +
          "`trunkline rotate-key` makes a new key, and devices subscribe again by themselves",
        { cause: error },
      );
    }
  }
}

const belongsTo = (publicKey: string): string => `push-key ${publicKey}`;

function newKeys(): PushKeys {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const { x = "", y = "", d = "" } = privateKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  return { publicKey: point.toString("base64url"), privateKey: d };
}
