import type { Logger } from "pino";
import { GuardFailedError } from "../store/port.ts";
import { removeSession, type RemoveSessionDeps } from "./delete-session.ts";

interface AbandonedDeps extends RemoveSessionDeps {
  /** This node's id. */
  nodeId: string;
  logger: Pick<Logger, "error">;
}

/** Interval of checks, in ms: other nodes may die. */
const LOOK_MS = 10_000;
/** After what has kept a session from being removed, such as a disk's error, in ms. */
const RETRY_MS = 60_000;

/**
 * Finishes the removal of sessions that a dead process had started to delete or fill, and of those that this one could not
 * remove. Runs in the background. Sessions that a live node deletes or fills are left alone.
 */
export class AbandonedSessions {
  readonly #deps: AbandonedDeps;
  #timer: NodeJS.Timeout | undefined;
  #removing: Promise<void> | undefined;
  #isStopped = false;
  #hasLooked = false;
  /** To be removed by this node, each not before a time, by the monotonic clock. */
  readonly #left = new Map<string, number>();

  constructor(deps: AbandonedDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  /** For a session that is hidden, and could not be removed: nobody finds it any more who could try again. */
  retry(sessionId: string): void {
    this.#left.set(sessionId, performance.now() + RETRY_MS);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#removing;
  }

  #look(): void {
    this.#removing ??= this.remove()
      .catch((error: unknown) =>
        this.#deps.logger.error({ err: error }, "sessions that were being deleted are not gone yet"),
      )
      .finally(() => {
        this.#removing = undefined;
      });
  }

  /** @throws AggregateError if some could not be removed, e.g. because of their files. The others are gone. */
  async remove(): Promise<void> {
    const errors: unknown[] = [];
    await this.#adopt(errors);
    const due = [...this.#left].filter(([, notBefore]) => notBefore <= performance.now());
    for (const [sessionId] of due) {
      if (this.#isStopped) return;
      try {
        await removeSession(this.#deps, sessionId, "server");
        this.#left.delete(sessionId);
      } catch (error) {
        this.retry(sessionId);
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} sessions could not be removed`);
  }

  async #adopt(errors: unknown[]): Promise<void> {
    const { store, nodeId } = this.#deps;
    // Where no other process can have the store, those of the one before are all that there ever are.
    if (this.#hasLooked && store.isExclusive) return;
    for (const session of await store.sessions.abandoned()) {
      try {
        await store.sessions.adopt(session, nodeId);
        this.#left.set(session.id, 0);
      } catch (error) {
        // Another node was faster.
        if (!(error instanceof GuardFailedError)) errors.push(error);
      }
    }
    this.#hasLooked = true;
  }
}
