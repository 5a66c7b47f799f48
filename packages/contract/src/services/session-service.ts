import type { Principal } from "../principal.ts";
import type { ImportSessionInput, ImportSessionOutput, SessionDocument } from "../session-document.ts";
import type {
  CreateSessionInput,
  EventBatch,
  EventPage,
  ForkSessionInput,
  ListEventsInput,
  ListSessionsInput,
  Session,
  SessionDetail,
  SessionPage,
  SessionRef,
  SubscribeInput,
  UpdateSessionInput,
} from "../session.ts";

/** Every method throws TrunklineError: `not_found` also where the session belongs to somebody else. */
export interface SessionService {
  create(principal: Principal, input: CreateSessionInput): Promise<Session>;
  get(principal: Principal, input: SessionRef): Promise<SessionDetail>;
  list(principal: Principal, input: ListSessionsInput): Promise<SessionPage>;
  events(principal: Principal, input: ListEventsInput): Promise<EventPage>;
  update(principal: Principal, input: UpdateSessionInput): Promise<Session>;
  /** A session of its own that starts as a prefix of another: same events, same seqs, a copy of the workspace. */
  fork(principal: Principal, input: ForkSessionInput): Promise<Session>;
  /** Cancels what runs, waits for it, then removes rows and workspace. @returns the session as it was. */
  delete(principal: Principal, input: SessionRef): Promise<Session>;
  /** The whole session as one document. @throws `payload_too_large` where it is too large for one answer */
  export(principal: Principal, input: SessionRef): Promise<SessionDocument>;
  /** A new session of the caller's from a document. What the document leaves unfinished is closed as canceled. */
  import(principal: Principal, input: ImportSessionInput): Promise<ImportSessionOutput>;
  /** What `export` gives, as JSON in pieces, whatever its size. */
  exportStream(principal: Principal, input: SessionRef): AsyncIterable<string>;
  /** What `import` does. @param source the document, or the input of `import`, as JSON */
  importStream(
    principal: Principal,
    source: AsyncIterable<Uint8Array>,
    options: { importKey: string | undefined },
  ): Promise<ImportSessionOutput>;
  /**
   * Replays what is after the cursor, then follows until `signal` aborts. Yields no empty batch except the one that
   * says it caught up.
   */
  subscribe(principal: Principal, input: SubscribeInput, signal: AbortSignal): AsyncIterable<EventBatch>;
}
