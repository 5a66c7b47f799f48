import type { EventBody } from "../event.ts";
import { isTaskEnd } from "./task-life.ts";

/** An event of a task, wherever it stands. */
export type TaskEvent = EventBody & { taskId: string | null };

/** What somebody is asked on behalf of a task. It is open until it is settled, or withdrawn with the task's end. */
export interface OpenRequest<Request> {
  id: string;
  taskId: string | null;
  request: Request;
}

export interface ClosedRequest<Request, Settlement> extends OpenRequest<Request> {
  /** Null: it was withdrawn, because its task ended before anybody answered. */
  settlement: Settlement | null;
}

interface RequestLife<Request, Settlement extends { id: string }> {
  /** @returns what the event asks; null where it asks nothing. */
  requestedBy(event: EventBody): { id: string; request: Request } | null;
  /** @returns the answer, or the expiry, that the event tells; null for every other event. */
  settledBy(event: EventBody): Settlement | null;
}

/** Which requests a session's events leave open, the oldest first: the same for approvals and questions. */
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

  /** @returns those that a task waits for. */
  of(taskId: string | null): OpenRequest<Request>[] {
    return [...this.#open.values()].filter((request) => request.taskId === taskId);
  }

  /** Closes one of which it is known otherwise that it is not open any more. */
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
