import type { Logger } from "pino";
import { GuardFailedError } from "../store/port.ts";
import { removeSession, type RemoveSessionDeps } from "./delete-session.ts";

interface AbandonedDeps extends RemoveSessionDeps {
  /** This node's id. */
  nodeId: string;
  logger: Pick<Logger, "error">;
}

/** Interval of checks if other nodes may die, in ms. */
const LOOK_MS = 10_000;

/**
 * Finishes the removal of sessions that a dead process had started to delete or fill. Runs in the background. Sessions
 * that a live node deletes or fills are left alone.
 */
export class AbandonedSessions {
  readonly #deps: AbandonedDeps;
  #timer: NodeJS.Timeout | undefined;
  #removing: Promise<void> | undefined;
  #isStopped = false;

  constructor(deps: AbandonedDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#look();
    if (this.#deps.store.isExclusive) return;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
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
    const { store, nodeId } = this.#deps;
    const errors: unknown[] = [];
    for (const session of await store.sessions.abandoned()) {
      if (this.#isStopped) return;
      try {
        await store.sessions.adopt(session, nodeId);
        await removeSession(this.#deps, session.id, "server");
      } catch (error) {
        // Another node was faster.
        if (!(error instanceof GuardFailedError)) errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} sessions could not be removed`);
  }
}
