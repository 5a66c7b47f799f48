import { type FollowState, isApiError, type TrunklineClient } from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { applyEvents } from "@trunkline/contract/session-view";
import { createStore, type StoreApi } from "zustand/vanilla";
import { followShared } from "./follow-shared.ts";
import { FrameBatch } from "./frame-batch.ts";
import { initialSessionState, type OutgoingPrompt, type SessionState } from "./session-state.ts";

/** Events read when a session is opened, and for each step back. */
const PAGE_SIZE = 200;
/** What a page is asked for that begins at the end of the log. */
const END = Number.MAX_SAFE_INTEGER;

const isCursorRefusal = (error: unknown): boolean => isApiError(error, "cursor_invalid");

/** A session that is shown: its newest events at once, those to come live, and older ones when they are asked for. */
export class OpenSession {
  readonly state: StoreApi<SessionState> = createStore(initialSessionState);
  readonly #client: TrunklineClient;
  readonly #sessionId: string;
  readonly #onError: (error: unknown) => void;
  readonly #arrivals = new FrameBatch<SessionEvent>((events) => this.#apply(events));
  #following: AbortController | null = null;

  constructor(client: TrunklineClient, sessionId: string, onError: (error: unknown) => void) {
    this.#client = client;
    this.#sessionId = sessionId;
    this.#onError = onError;
  }

  /** Opens it, or opens it again where it failed or was closed; what has been read stays. */
  open(): void {
    if (this.#following !== null) return;
    const following = new AbortController();
    this.#following = following;
    this.#run(following.signal).catch((error: unknown) => {
      if (following.signal.aborted) return;
      following.abort();
      this.#following = null;
      if (isCursorRefusal(error) && this.state.getState().session !== null) {
        // The log is not the one that was read: what was read is of no use, and it is read anew.
        this.state.setState(initialSessionState(), true);
        this.open();
        return;
      }
      this.#onError(error);
      this.state.setState({
        phase: "failed",
        error: error instanceof Error ? error : new Error(String(error)),
      });
    });
  }

  close(): void {
    this.#following?.abort();
    this.#following = null;
    this.#arrivals.stop();
  }

  async #run(signal: AbortSignal): Promise<void> {
    if (this.state.getState().session === null) await this.#load(signal);
    this.state.setState({ phase: "ready", error: null });
    const batches = followShared(this.#client, {
      sessionId: this.#sessionId,
      after: this.state.getState().view.lastSeq,
      signal,
      onState: (state) => this.#connection(state),
    });
    for await (const { events } of batches) {
      if (signal.aborted) return;
      this.#arrivals.add(...events);
    }
  }

  async #load(signal: AbortSignal): Promise<void> {
    this.state.setState({ phase: "loading", error: null });
    const sessionId = this.#sessionId;
    const [detail, page] = await Promise.all([
      this.#client.session.get.query({ sessionId }, { signal }),
      this.#client.session.events.query({ sessionId, before: END, limit: PAGE_SIZE }, { signal }),
    ]);
    this.state.setState({
      session: detail.session,
      tasks: detail.tasks,
      approvals: detail.approvals,
      older: page.hasMore ? "some" : "none",
    });
    this.#apply(page.events);
  }

  #apply(events: readonly SessionEvent[]): void {
    this.state.setState((state) => {
      const view = applyEvents(state.view, events);
      const outgoing = state.outgoing.filter(({ taskId }) => !view.tasks.some(({ id }) => id === taskId));
      return {
        view,
        heardAt: Date.now(),
        awaySince: null,
        outgoing: outgoing.length === state.outgoing.length ? state.outgoing : outgoing,
      };
    });
  }

  #connection({ status }: FollowState): void {
    this.state.setState(({ awaySince }) => {
      if (status === "live" || status === "replaying") return { connection: status, awaySince: null };
      return { connection: status, awaySince: awaySince ?? Date.now() };
    });
  }

  /** Reads one page further back. What fails can be asked for again. */
  async readOlder(): Promise<void> {
    const { older, view } = this.state.getState();
    if (older !== "some" && older !== "failed") return;
    this.state.setState({ older: "loading" });
    try {
      const page = await this.#client.session.events.query({
        sessionId: this.#sessionId,
        before: view.events[0]?.seq ?? END,
        limit: PAGE_SIZE,
      });
      this.state.setState((state) => ({
        view: applyEvents(state.view, page.events),
        older: page.hasMore ? "some" : "none",
      }));
    } catch (error) {
      this.#onError(error);
      this.state.setState({ older: "failed" });
    }
  }

  /** Reads back until the event with this seq is there, or where it would be. */
  async readBackTo(seq: number): Promise<void> {
    for (;;) {
      const { older, view } = this.state.getState();
      if (older !== "some" || (view.events[0]?.seq ?? 0) <= seq) return;
      await this.readOlder();
    }
  }

  /**
   * Submits a prompt. It is shown from now on; the promise resolves once the server has it.
   *
   * @throws what the API throws; it is not shown any more then.
   */
  async submit(prompt: string, idempotencyKey: string): Promise<void> {
    const outgoing = { idempotencyKey, prompt, taskId: null };
    this.state.setState((state) => ({ outgoing: [...state.outgoing, outgoing] }));
    try {
      const input = { prompt, sessionId: this.#sessionId, idempotencyKey };
      const { taskId } = await this.#client.task.submit.mutate(input);
      this.#replaceOutgoing(idempotencyKey, this.#tells(taskId) ? [] : [{ ...outgoing, taskId }]);
    } catch (error) {
      this.#onError(error);
      this.#replaceOutgoing(idempotencyKey, []);
      throw error;
    }
  }

  #tells(taskId: string): boolean {
    return this.state.getState().view.tasks.some(({ id }) => id === taskId);
  }

  #replaceOutgoing(idempotencyKey: string, next: readonly OutgoingPrompt[]): void {
    this.state.setState(({ outgoing }) => ({
      outgoing: outgoing.flatMap((one) => (one.idempotencyKey === idempotencyKey ? next : [one])),
    }));
  }
}
