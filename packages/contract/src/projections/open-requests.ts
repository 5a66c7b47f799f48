import type { EventBody } from "../event.ts";
import { isTaskEnd } from "./task-life.ts";

/** An event of a task, wherever it stands. */
export type TaskEvent = EventBody & { taskId: string | null };

/**
 * An approval or question that a task waits for. It stays open until it is settled, or withdrawn because the task
 * ended.
 */
export interface OpenRequest<Request> {
  id: string;
  taskId: string | null;
  request: Request;
}

export interface ClosedRequest<Request, Settlement> extends OpenRequest<Request> {
  /** Null: withdrawn, because its task ended first. */
  settlement: Settlement | null;
}

interface RequestLife<Request, Settlement extends { id: string }> {
  /** @returns what the event asks; null if nothing. */
  requestedBy(event: EventBody): { id: string; request: Request } | null;
  /** @returns the answer or expiry in the event; null for any other event. */
  settledBy(event: EventBody): Settlement | null;
}

/** The open requests of a session, oldest first; used for approvals and for questions. */
export class OpenRequests<Request, Settlement extends { id: string }> {
  readonly #life: RequestLife<Request, Settlement>;
  readonly #open = new Map<string, OpenRequest<Request>>();

  constructor(life: RequestLife<Request, Settlement>) {
    this.#life = life;
  }

  /** @returns what the event closed. */
  apply(event: TaskEvent): ClosedRequest<Request, Settlement>[] {
    const asked = this.#life.requestedBy(event);
    if (asked !== null) {
      this.#open.set(asked.id, { ...asked, taskId: event.taskId });
      return [];
    }
    const settlement = this.#life.settledBy(event);
    if (settlement !== null) return this.#close([this.#open.get(settlement.id)], settlement);
    return isTaskEnd(event) ? this.#close(this.of(event.taskId), null) : [];
  }

  get first(): OpenRequest<Request> | null {
    const [first] = this.#open.values();
    return first ?? null;
  }

  /** @returns the open requests of a task. */
  of(taskId: string | null): OpenRequest<Request>[] {
    return [...this.#open.values()].filter((request) => request.taskId === taskId);
  }

  /** Closes a request that is known to be closed, though not from an event. */
  forget(id: string): void {
    this.#open.delete(id);
  }

  #close(
    requests: readonly (OpenRequest<Request> | undefined)[],
    settlement: Settlement | null,
  ): ClosedRequest<Request, Settlement>[] {
    const closed: ClosedRequest<Request, Settlement>[] = [];
    for (const request of requests) {
      if (request === undefined) continue;
      this.#open.delete(request.id);
      closed.push({ ...request, settlement });
    }
    return closed;
  }
}
