import type { Logger } from "pino";
import type { Dispatcher } from "../dispatch/port.ts";

export interface IntakeDeps {
  dispatcher: Pick<Dispatcher, "pause" | "resume">;
  /**
   * Whether this node has what the commands of a task need of it alone. Absent where there is no other node to leave
   * tasks to. @throws Error that says what is missing
   */
  checkRoom?: (() => Promise<void>) | undefined;
  logger: Pick<Logger, "error" | "info">;
}

/** Whether this node takes up tasks: not while it drains, nor while it has no room for what their commands need. */
export class Intake {
  readonly #deps: IntakeDeps;
  #isDraining = false;
  #hasRoom = true;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  drain(): void {
    this.#isDraining = true;
    this.#deps.dispatcher.pause();
  }

  undrain(): void {
    this.#isDraining = false;
    if (this.#hasRoom) this.#deps.dispatcher.resume();
  }

  /** As it last looked. */
  get hasRoom(): boolean {
    return this.#hasRoom;
  }

  /** Looks whether there is room, and leaves tasks to other nodes until there is. */
  async look(): Promise<boolean> {
    const { checkRoom, dispatcher, logger } = this.#deps;
    if (checkRoom === undefined) return true;
    const missing = await checkRoom().then(
      () => null,
      (error: unknown) => error,
    );
    if ((missing === null) === this.#hasRoom) return this.#hasRoom;
    this.#hasRoom = missing === null;
    if (this.#hasRoom) {
      logger.info("there is room again: this node takes up tasks");
      if (!this.#isDraining) dispatcher.resume();
    } else {
      logger.error({ err: missing }, "this node takes up no tasks until it has room; other nodes do");
      dispatcher.pause();
    }
    return this.#hasRoom;
  }
}
