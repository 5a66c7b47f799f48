import type { Logger } from "pino";
import { GuardFailedError } from "../store/port.ts";
import { removeSession, type RemoveSessionDeps } from "./delete-session.ts";

interface AbandonedDeps extends RemoveSessionDeps {
  /** Of this node. */
  nodeId: string;
  logger: Pick<Logger, "error">;
}

/** How often to look, where other nodes may die, in ms. */
const LOOK_MS = 10_000;

/**
 * Removes what a process that died had begun to delete, or to fill. Runs beside everything else; nobody waits for it. What
 * a live node deletes or fills is that node's own.
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

  /** @throws AggregateError where some are not gone: their files perhaps cannot be removed. The others are. */
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
