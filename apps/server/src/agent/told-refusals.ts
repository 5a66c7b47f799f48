import type { NetworkRefusal, SessionEvent } from "@trunkline/contract";

/** Refused hosts that one task is told of; a command that scans a network could fill the log. */
const MAX_PER_TASK = 20;

/** Which hosts a task was refused already: each is recorded once. */
export class ToldRefusals {
  readonly #taskId: string;
  readonly #told = new Set<string>();

  constructor(taskId: string) {
    this.#taskId = taskId;
  }

  /** @returns whether it is to be recorded; it then counts as told. */
  isNew(refusal: NetworkRefusal): boolean {
    const key = keyOf(refusal);
    if (this.#told.has(key) || this.#told.size >= MAX_PER_TASK) return false;
    this.#told.add(key);
    return true;
  }

  apply(event: SessionEvent): void {
    if (event.type === "network.refused" && event.taskId === this.#taskId) this.#told.add(keyOf(event.data));
  }
}

function keyOf({ host, port, reason }: NetworkRefusal): string {
  return `${host}:${port} ${reason}`;
}
