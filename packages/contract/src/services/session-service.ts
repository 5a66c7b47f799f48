import type { Principal } from "../principal.ts";
import type {
  CreateSessionInput,
  EventBatch,
  EventPage,
  ListEventsInput,
  ListSessionsInput,
  Session,
  SessionDetail,
  SessionPage,
  SessionRef,
  SubscribeInput,
} from "../session.ts";

/** Every method throws TrunklineError: `not_found` also where the session belongs to somebody else. */
export interface SessionService {
  create(principal: Principal, input: CreateSessionInput): Promise<Session>;
  get(principal: Principal, input: SessionRef): Promise<SessionDetail>;
  list(principal: Principal, input: ListSessionsInput): Promise<SessionPage>;
  events(principal: Principal, input: ListEventsInput): Promise<EventPage>;
  /**
   * Replays what is after the cursor, then follows until `signal` aborts. Yields no empty batch except the one that
   * says it caught up.
   */
  subscribe(principal: Principal, input: SubscribeInput, signal: AbortSignal): AsyncIterable<EventBatch>;
}
