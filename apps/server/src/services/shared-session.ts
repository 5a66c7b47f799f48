import type { EventBatch, Principal, Session, SessionService, Task } from "@trunkline/contract";
import { noSession } from "./ownership.ts";
import { sharedEvent } from "./shared-event.ts";

/**
 * Lets the holder of a shared link read its session through the calls that its owner reads it by: without names of people,
 * places of the server and requests to answer. Nobody else notices it, and what is not here finds nothing for such a caller.
 */
export function withSharedReading(sessions: SessionService): SessionService {
  return {
    ...sessions,

    async get(principal, input) {
      const owner = ownerFor(principal, input.sessionId);
      if (owner === null) return sessions.get(principal, input);
      const { session, tasks, lastSeq } = await sessions.get(owner, input);
      return {
        session: sharedView(session, principal),
        tasks: tasks.map(sharedTask),
        approvals: [],
        questions: [],
        lastSeq,
      };
    },

    async events(principal, input) {
      const owner = ownerFor(principal, input.sessionId);
      if (owner === null) return sessions.events(principal, input);
      const page = await sessions.events(owner, input);
      return { ...page, events: page.events.map(sharedEvent) };
    },

    subscribe(principal, input, signal) {
      const owner = ownerFor(principal, input.sessionId);
      if (owner === null) return sessions.subscribe(principal, input, signal);
      return shared(sessions.subscribe(owner, input, signal));
    },
  };
}

/** Whose eyes a link lends; null where the caller is no link's holder. @throws TrunklineError `not_found` for another session */
function ownerFor({ share }: Principal, sessionId: string): Principal | null {
  if (share === undefined) return null;
  if (share.sessionId !== sessionId) throw noSession(sessionId);
  return { userId: share.ownerId, name: "", scopes: ["read"] };
}

async function* shared(batches: AsyncIterable<EventBatch>): AsyncGenerator<EventBatch, void> {
  for await (const batch of batches) yield { ...batch, events: batch.events.map(sharedEvent) };
}

function sharedView({ parent: _parent, ...session }: Session, { userId }: Principal): Session {
  return { ...session, ownerId: userId, workspace: "", projectId: null, parentId: null, forkedAtSeq: null };
}

function sharedTask(task: Task): Task {
  return { ...task, node: null, idempotencyKey: null };
}
