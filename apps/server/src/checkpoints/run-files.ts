import type { EventBody } from "@trunkline/contract";
import type { EventStore } from "../store/port.ts";
import type { FilesOfSession, RunFiles } from "./port.ts";
import { hasWrittenSince, newestCheckpoint } from "./state-at.ts";

/** Why a checkpoint is saved: see `checkpoint.created`. */
export type Cause = "base" | "step" | "end";

interface RunFilesDeps {
  events: Pick<EventStore, "last" | "ofTypes">;
  session: FilesOfSession;
  /** From 1. */
  attempt: number;
  /** Completes a revert that was cut off. */
  recover(): Promise<void>;
  /** @returns the event; null if the tree is the one that is known. @throws Error what keeps it from being saved. */
  save(
    cause: Cause,
    knownTree: string | null,
  ): Promise<Extract<EventBody, { type: "checkpoint.created" }> | null>;
  /** For the server's log. */
  onFailure(error: unknown): void;
}

/** Failures in a row after which a run saves no more: each may take minutes. */
const MAX_FAILURES = 2;

/**
 * The checkpoints of one attempt. The first call that may write is preceded by one, so that it is clear what the calls
 * wrote and what was there; steps without such calls cost nothing.
 */
export class AttemptFiles implements RunFiles {
  readonly #deps: RunFilesDeps;
  /** Of the newest checkpoint; undefined: not looked up yet. */
  #tree: string | null | undefined;
  /** `unknown` until something was saved in this attempt. */
  #state: "unknown" | "saved" | "written" = "unknown";
  #failures = 0;

  constructor(deps: RunFilesDeps) {
    this.#deps = deps;
  }

  async begin(): Promise<EventBody[]> {
    const { events, session, attempt } = this.#deps;
    await this.#deps.recover();
    if (attempt === 1) return [];
    const newest = await newestCheckpoint(events, session);
    this.#tree = newest?.data.tree ?? null;
    // Before the first checkpoint nothing was written, by calls that are recorded after it.
    if (newest === undefined || !(await hasWrittenSince(events, session.sessionId, newest.seq))) return [];
    return this.#save("step");
  }

  async willWrite(): Promise<EventBody[]> {
    const events = this.#state === "unknown" ? await this.#save("base") : [];
    this.#state = "written";
    return events;
  }

  async save(cause: "step" | "end"): Promise<EventBody[]> {
    return this.#state === "written" ? this.#save(cause) : [];
  }

  async #save(cause: Cause): Promise<EventBody[]> {
    const { events, session, save } = this.#deps;
    if (this.#failures >= MAX_FAILURES) return [];
    try {
      this.#tree ??= (await newestCheckpoint(events, session))?.data.tree ?? null;
      const event = await save(cause, this.#tree);
      this.#state = "saved";
      this.#failures = 0;
      if (event === null) return [];
      this.#tree = event.data.tree ?? null;
      return [event];
    } catch (error) {
      this.#deps.onFailure(error);
      this.#failures += 1;
      return this.#failures === 1 ? [notice(error)] : [];
    }
  }
}

function notice(error: unknown): EventBody {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `Files could not be saved in a checkpoint: ${reason.slice(0, 500)}`;
  return { type: "notice", data: { level: "warning", message } };
}
