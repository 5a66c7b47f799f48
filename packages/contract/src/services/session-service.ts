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

/** Every method throws TrunklineError; `not_found` also if the session is somebody else's. */
export interface SessionService {
  create(principal: Principal, input: CreateSessionInput): Promise<Session>;
  get(principal: Principal, input: SessionRef): Promise<SessionDetail>;
  list(principal: Principal, input: ListSessionsInput): Promise<SessionPage>;
  events(principal: Principal, input: ListEventsInput): Promise<EventPage>;
  update(principal: Principal, input: UpdateSessionInput): Promise<Session>;
  /** Creates a session that starts as a prefix of another: same events, same seqs, a copy of the workspace. */
  fork(principal: Principal, input: ForkSessionInput): Promise<Session>;
  /**
   * Cancels what is running, waits for it to end, then removes rows and workspace.
   * @returns the session as it was. @throws `unpublished_work` without `discardWork`
   */
  delete(principal: Principal, input: SessionRef & { discardWork?: boolean }): Promise<Session>;
  /** The whole session as one document. @throws `payload_too_large` if it is too large for one response */
  export(principal: Principal, input: SessionRef): Promise<SessionDocument>;
  /** Creates a session from a document. Unfinished tasks in it are closed as canceled. */
  import(principal: Principal, input: ImportSessionInput): Promise<ImportSessionOutput>;
  /** The same as `export`, streamed as JSON, of any size. */
  exportStream(principal: Principal, input: SessionRef): AsyncIterable<string>;
  /** The same as `import`. @param source the document, or the input of `import`, as JSON */
  importStream(
    principal: Principal,
    source: AsyncIterable<Uint8Array>,
    options: { importKey: string | undefined },
  ): Promise<ImportSessionOutput>;
  /**
   * Replays everything after the cursor, then follows until `signal` aborts. Yields no empty batch except the one that
   * reports having caught up.
   */
  subscribe(principal: Principal, input: SubscribeInput, signal: AbortSignal): AsyncIterable<EventBatch>;
}
