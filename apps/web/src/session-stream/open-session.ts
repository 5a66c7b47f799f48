import type { AttachedFile } from "../attachments/attached-file.ts";
import {
  type FollowState,
  isApiError,
  type TrunklineClient,
  TrunklineConnectionError,
} from "@trunkline/client";
import type { SessionEvent } from "@trunkline/contract";
import { applyEvents } from "@trunkline/contract/session-view";
import { createStore, type StoreApi } from "zustand/vanilla";
import type { WhenBusy } from "../composer/when-busy.ts";
import { noteEventTime, now } from "../network/clock.ts";
import { followShared } from "./follow-shared.ts";
import { END, FIRST_PAGE_SIZE, takeEarlySession } from "./early-session.ts";
import { readSession } from "./session-source.ts";
import { FrameBatch } from "./frame-batch.ts";
import { forgetDeleted, type KeptSession, keepSession, readKeptSession } from "./kept-sessions.ts";
import { onPageHidden } from "../network/page-visibility.ts";
import { initialSessionState, type OutgoingPrompt, type SessionState } from "./session-state.ts";

/** Events loaded for each page further back. */
const PAGE_SIZE = 200;
/** For each page on the way to one far back. */
const FAR_PAGE_SIZE = 1_000;

const isCursorRefusal = (error: unknown): boolean => isApiError(error, "cursor_invalid");

/** What `task.submit` takes of a message to a session. */
export interface Message {
  prompt: string;
  idempotencyKey: string;
  whenBusy: WhenBusy;
  attachments?: { blobId: string; name: string }[];
}

interface OpenSessionOptions {
  onError?: (error: unknown) => void;
  isAlone?: boolean;
  /** Resolves when a server that could not be reached is worth asking again. */
  mayBeBack?: (signal: AbortSignal) => Promise<void>;
}

const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_000));

/** An open session: its newest events first, live ones as they happen, older ones on demand. */
export class OpenSession {
  readonly state: StoreApi<SessionState> = createStore(initialSessionState);
  readonly #client: TrunklineClient;
  readonly #sessionId: string;
  readonly #onError: (error: unknown) => void;
  readonly #isAlone: boolean;
  readonly #mayBeBack: (signal: AbortSignal) => Promise<void>;
  readonly #arrivals = new FrameBatch<SessionEvent>((events) => this.#apply(events));
  #following: AbortController | null = null;
  #reading: Promise<void> | null = null;

  get sessionId(): string {
    return this.#sessionId;
  }

  /**
   * @param options.isAlone shares nothing with the browser's other tabs, and stores nothing: whoever has a shared link reads
   * another text than the owner.
   */
  constructor(
    client: TrunklineClient,
    sessionId: string,
    { onError = () => {}, isAlone = false, mayBeBack = aMoment }: OpenSessionOptions = {},
  ) {
    this.#client = client;
    this.#sessionId = sessionId;
    this.#onError = onError;
    this.#isAlone = isAlone;
    this.#mayBeBack = mayBeBack;
  }

  /** Opens it, or reopens it after a failure or close; loaded events stay. */
  open(): void {
    if (this.#following !== null) return;
    const following = new AbortController();
    this.#following = following;
    this.#runOn(following.signal).catch((error: unknown) => {
      if (following.signal.aborted) return;
      following.abort();
      this.#following = null;
      if (isCursorRefusal(error) && this.state.getState().session !== null) {
        // The log is a different one: discard what was loaded and start over.
        this.state.setState(initialSessionState(), true);
        this.open();
        return;
      }
      if (isApiError(error, "not_found") && !this.#isAlone) void forgetDeleted(this.#sessionId);
      this.#onError(error);
      this.state.setState({
        phase: "failed",
        error: error instanceof Error ? error : new Error(String(error)),
      });
    });
  }

  close(): void {
    if (this.#following === null) return;
    this.#following.abort();
    this.#following = null;
    this.#arrivals.flush();
    this.#keep();
  }

  /** A network that is away for a moment is no reason to give the page up, with what is being written on it. */
  async #runOn(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        return await this.#run(signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof TrunklineConnectionError)) throw error;
        this.state.setState(({ awaySince }) => ({ connection: "waiting", awaySince: awaySince ?? now() }));
        await this.#mayBeBack(signal);
      }
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    if (this.state.getState().session === null) await this.#load(signal);
    this.state.setState({ phase: "ready", error: null });
    signal.addEventListener(
      "abort",
      onPageHidden(() => this.#keep()),
    );
    const follow = this.#isAlone ? readSession : followShared;
    const batches = follow(this.#client, {
      sessionId: this.#sessionId,
      after: this.state.getState().view.lastSeq,
      signal,
      onState: (state) => this.#connection(state),
    });
    for await (const { events, live } of batches) {
      if (signal.aborted) return;
      const last = events.at(-1);
      if (live && last !== undefined) noteEventTime(last.at);
      this.#arrivals.add(...events);
    }
  }

  async #load(signal: AbortSignal): Promise<void> {
    this.state.setState({ phase: "loading", error: null });
    const sessionId = this.#sessionId;
    try {
      const [detail, page] =
        (await takeEarlySession(sessionId)) ??
        (await Promise.all([
          this.#client.session.get.query({ sessionId }, { signal }),
          this.#client.session.events.query({ sessionId, before: END, limit: FIRST_PAGE_SIZE }, { signal }),
        ]));
      if (signal.aborted) return;
      this.#show({ ...detail, events: page.events, hasOlder: page.hasMore });
      this.#keep();
    } catch (error) {
      if (this.#isAlone || !(error instanceof TrunklineConnectionError)) throw error;
      // The stored copy; the stream brings the rest once there is a connection.
      const kept = await readKeptSession(sessionId);
      if (kept === null || signal.aborted) throw error;
      this.#show(kept);
      this.state.setState({ connection: "waiting", awaySince: now() });
    }
  }

  #show({ session, tasks, approvals, questions = [], events, hasOlder }: KeptSession): void {
    // Those of subagents are asked for anew: their events are on other streams.
    const own = { approvals: ofSession(approvals, session.id), questions: ofSession(questions, session.id) };
    this.state.setState({ session, tasks, ...own, older: hasOlder ? "some" : "none" });
    this.#apply(events);
  }

  #keep(): void {
    const { session, tasks, approvals, questions, view, older } = this.state.getState();
    if (session === null || this.#isAlone) return;
    void keepSession({
      session,
      tasks,
      approvals,
      questions,
      events: view.events,
      hasOlder: older !== "none",
    });
  }

  #apply(events: readonly SessionEvent[]): void {
    this.state.setState((state) => {
      const view = applyEvents(state.view, events);
      const outgoing = state.outgoing.filter(({ taskId }) => !view.tasks.some(({ id }) => id === taskId));
      return {
        view,
        outgoing: outgoing.length === state.outgoing.length ? state.outgoing : outgoing,
      };
    });
  }

  #connection({ status }: FollowState): void {
    if (status === "waiting") this.#keep();
    this.state.setState(({ awaySince }) => {
      if (status === "live" || status === "replaying") return { connection: status, awaySince: null };
      return { connection: status, awaySince: awaySince ?? now() };
    });
  }

  /** Loads one page further back, or waits for the one that is on its way. May be retried after a failure. */
  async readOlder(limit = PAGE_SIZE): Promise<void> {
    this.#reading ??= this.#readOlder(limit).finally(() => (this.#reading = null));
    await this.#reading;
  }

  async #readOlder(limit: number): Promise<void> {
    const { older, view } = this.state.getState();
    if (older !== "some" && older !== "failed") return;
    this.state.setState({ older: "loading" });
    try {
      const page = await this.#client.session.events.query({
        sessionId: this.#sessionId,
        before: view.events[0]?.seq ?? END,
        limit,
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

  /** Loads further back until the event with this seq, or its position, is there. */
  async readBackTo(seq: number): Promise<void> {
    for (;;) {
      const { older, view } = this.state.getState();
      const isReadable = older === "some" || older === "loading";
      if (!isReadable || (view.events[0]?.seq ?? 0) <= seq) return;
      await this.readOlder(FAR_PAGE_SIZE);
    }
  }

  /**
   * Submits a prompt. It is shown immediately; the promise resolves once the server has it.
   *
   * @throws what the API throws; the prompt is no longer shown then.
   */
  async submit(
    message: Message,
    files: readonly AttachedFile[] = [],
  ): Promise<{ sessionId: string; taskId: string }> {
    const { idempotencyKey, prompt, whenBusy } = message;
    const afterSeq = this.state.getState().view.lastSeq;
    const outgoing = { idempotencyKey, prompt, how: whenBusy, files, taskId: null, afterSeq };
    this.state.setState((state) => ({ outgoing: [...state.outgoing, outgoing] }));
    try {
      const input = { sessionId: this.#sessionId, ...message };
      const { taskId } = await this.#client.task.submit.mutate(input);
      this.#replaceOutgoing(idempotencyKey, this.#tells(taskId) ? [] : [{ ...outgoing, taskId }]);
      return { sessionId: this.#sessionId, taskId };
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

function ofSession<Request extends { sessionId: string }>(
  requests: readonly Request[],
  sessionId: string,
): readonly Request[] {
  return requests.filter((request) => request.sessionId === sessionId);
}
