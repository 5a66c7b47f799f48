import { followActivity, type TrunklineClient } from "@trunkline/client";
import type { ActivityBatch, Session } from "@trunkline/contract";
import { createStore, type StoreApi } from "zustand/vanilla";
import { forgetDeleted, keepSessionList, readKeptSessionList } from "../session-stream/kept-sessions.ts";
import { campaign } from "../session-stream/leadership.ts";
import { isPassing } from "../session-stream/read-events.ts";
import { pause } from "../network/page-visibility.ts";
import { pageUser } from "../auth/page-user.ts";
import { ownName } from "../navigation/base-path.ts";

const PAGE_SIZE = 50;
const CHANNEL = ownName("trunkline:activity");
/** Between retries of loading the list, in ms. */
const RETRY_MS = 2_000;
/** Delay before a changed list is stored for offline visits, in ms. */
const KEEP_MS = 500;

export interface SessionList {
  /** Most recently changed first. */
  sessions: readonly Session[];
  isLoading: boolean;
  error: Error | null;
  /** Cursor of the next page; null if there is none. */
  nextCursor: string | null;
  isLoadingMore: boolean;
  /** How often sessions have come or gone: whatever else lists them is then out of date. */
  moves: number;
}

type TabMessage = { type: "batch"; batch: ActivityBatch } | { type: "reached"; isReached: boolean };

/**
 * The caller's sessions: loaded once per connection, then kept current by the activity stream. All tabs share one
 * stream; the tab that holds it broadcasts.
 */
export class SessionListSource {
  readonly state: StoreApi<SessionList> = createStore<SessionList>(() => ({
    sessions: [],
    isLoading: true,
    error: null,
    nextCursor: null,
    isLoadingMore: false,
    moves: 0,
  }));
  readonly #client: TrunklineClient;
  readonly #onReached: (isReached: boolean) => void;
  readonly #onError: (error: unknown) => void;
  #reading: AbortController | null = null;
  /** Changes received while the list loads: the response may be older. */
  #toldSince: ActivityBatch[] = [];
  #keeping: ReturnType<typeof setTimeout> | undefined;

  /** @param onReached called whenever the server was reached or found unreachable */
  constructor(
    client: TrunklineClient,
    onReached: (isReached: boolean) => void,
    onError: (error: unknown) => void,
  ) {
    this.#client = client;
    this.#onReached = onReached;
    this.#onError = onError;
  }

  /** @returns a function that stops it. */
  start(): () => void {
    const ended = new AbortController();
    // Pages of somebody else may be open in this browser.
    const name = `${CHANNEL}:${pageUser()}`;
    const channel = new BroadcastChannel(name);
    const hear = (message: TabMessage): void => {
      if (message.type === "reached") this.#onReached(message.isReached);
      else this.#apply(message.batch);
    };
    const tell = (message: TabMessage): void => {
      hear(message);
      if (!ended.signal.aborted) channel.postMessage(message);
    };
    channel.addEventListener("message", ({ data }) => hear(data as TabMessage));
    const lead = async (signal: AbortSignal): Promise<void> => {
      const onState = ({ status }: { status: string }): void => {
        if (status === "live" || status === "waiting")
          tell({ type: "reached", isReached: status === "live" });
      };
      for await (const batch of followActivity(this.#client, { signal, onState }))
        tell({ type: "batch", batch });
    };
    campaign(name, ended.signal, lead, (error) => this.#fail(error));
    // Another tab's stream may have been open for long: load what was sent before this tab listened.
    void this.read();
    return () => {
      ended.abort();
      this.#reading?.abort();
      clearTimeout(this.#keeping);
      this.#keeping = undefined;
      channel.close();
    };
  }

  /** Reloads as many pages as are shown, retrying while the server is unreachable. */
  async read(): Promise<void> {
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    this.#toldSince = [];
    const wanted = Math.max(PAGE_SIZE, this.state.getState().sessions.length);
    for (;;) {
      try {
        const { sessions, nextCursor } = await this.#readPages(wanted, reading.signal);
        if (reading.signal.aborted) return;
        const told = this.#toldSince.splice(0);
        const current = told.reduce<readonly Session[]>(
          (list, batch) => withChanges(list, batch.sessions, batch.removed),
          sessions,
        );
        this.#reading = null;
        this.state.setState({ sessions: current, nextCursor, isLoading: false, error: null });
        this.#keepSoon();
        return;
      } catch (error) {
        if (reading.signal.aborted) return;
        if (!isPassing(error)) return this.#fail(error);
        this.#onReached(false);
        await this.#showKept();
        await pause(RETRY_MS, reading.signal);
        if (reading.signal.aborted) return;
      }
    }
  }

  async loadMore(): Promise<void> {
    const { nextCursor, isLoadingMore } = this.state.getState();
    if (nextCursor === null || isLoadingMore) return;
    this.state.setState({ isLoadingMore: true });
    try {
      const page = await this.#client.session.list.query({ limit: PAGE_SIZE, cursor: nextCursor });
      this.state.setState(({ sessions }) => ({
        sessions: withoutTwins([...sessions, ...page.items]),
        nextCursor: page.nextCursor,
      }));
    } catch (error) {
      this.#onError(error);
    } finally {
      this.state.setState({ isLoadingMore: false });
    }
  }

  async #readPages(count: number, signal: AbortSignal) {
    const sessions: Session[] = [];
    let nextCursor: string | null = null;
    do {
      const cursor: string | undefined = nextCursor ?? undefined;
      const page = await this.#client.session.list.query({ limit: PAGE_SIZE, cursor }, { signal });
      sessions.push(...page.items);
      ({ nextCursor } = page);
    } while (nextCursor !== null && sessions.length < count);
    return { sessions: withoutTwins(sessions), nextCursor };
  }

  #apply(batch: ActivityBatch): void {
    const { sessions: changed, removed, reset } = batch;
    if (reset) void this.read();
    if (removed.length > 0) void forgetDeleted(...removed);
    if (this.#reading !== null) this.#toldSince.push(batch);
    if (changed.length === 0 && removed.length === 0) return;
    this.state.setState(({ sessions, moves }) => {
      const next = withChanges(sessions, changed, removed);
      const isMove =
        next.length !== sessions.length ||
        removed.length > 0 ||
        changed.some(({ archivedAt }) => archivedAt !== null);
      return { sessions: next, moves: moves + Number(isMove) };
    });
    this.#keepSoon();
  }

  #keepSoon(): void {
    this.#keeping ??= setTimeout(() => {
      this.#keeping = undefined;
      const { sessions, isLoading } = this.state.getState();
      if (!isLoading) void keepSessionList(sessions.slice(0, PAGE_SIZE));
    }, KEEP_MS);
  }

  async #showKept(): Promise<void> {
    if (!this.state.getState().isLoading) return;
    const sessions = await readKeptSessionList();
    if (sessions !== null) this.state.setState({ sessions, isLoading: false, error: null });
  }

  #fail(error: unknown): void {
    this.#onError(error);
    this.state.setState({
      isLoading: false,
      error: error instanceof Error ? error : new Error(String(error)),
    });
  }
}

/** Changed sessions go first: having just changed says more than a clock. */
export function withChanges(
  sessions: readonly Session[],
  changed: readonly Session[],
  removed: readonly string[],
): Session[] {
  const known = new Map(sessions.map((session) => [session.id, session]));
  const moved = changed.filter(
    ({ id, archivedAt, updatedAt }) => archivedAt === null && known.get(id)?.updatedAt !== updatedAt,
  );
  const gone = new Set([
    ...removed,
    ...changed.flatMap(({ id, archivedAt }) => (archivedAt === null ? [] : [id])),
    ...moved.map(({ id }) => id),
  ]);
  const now = new Map(changed.map((session) => [session.id, session]));
  return [
    ...moved.toSorted((a, b) => b.updatedAt - a.updatedAt),
    ...sessions.flatMap((session) => (gone.has(session.id) ? [] : [now.get(session.id) ?? session])),
  ];
}

function withoutTwins(sessions: readonly Session[]): Session[] {
  return [...new Map(sessions.map((session) => [session.id, session])).values()];
}
