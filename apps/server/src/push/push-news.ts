import type { SessionEvent } from "@trunkline/contract";
import type { OutboxConsumer } from "../outbox/port.ts";
import type { OutboxEntry, PushDelivery, Store } from "../store/port.ts";

/** What may be worth a notification. */
const TYPES = ["task.input-required", "task.completed", "task.failed", "task.canceled"] as const;

/** Reasons for which a task is canceled that are no person's decision. */
const LIMITS: ReadonlySet<string> = new Set(["budget", "limit"]);

export interface PushNewsDeps {
  store: Pick<Store, "pushes" | "sessions" | "events">;
  /** Called once something is noted. */
  noted: () => void;
}

/**
 * Notes what devices are to be told, and leaves sending to others: a push service that hangs must not hold up the outbox. What is
 * noted is in the store before the cursor moves.
 */
export function pushNews({ store, noted }: PushNewsDeps): OutboxConsumer {
  return {
    name: "pushes",
    types: TYPES,
    async handle(entries) {
      const owners = await ownersOf(store, entries);
      // Of one session the last is what counts; what is noted twice is one.
      const latest = new Map<string, PushDelivery>();
      for (const entry of entries) {
        const delivery = await deliveryOf(store, entry, owners.get(entry.sessionId));
        if (delivery !== null) latest.set(delivery.sessionId, delivery);
      }
      if (latest.size === 0) return;
      await store.pushes.enqueue([...latest.values()]);
      noted();
    },
  };
}

/** @returns owners who have devices, by session */
async function ownersOf(
  { sessions, pushes }: PushNewsDeps["store"],
  entries: readonly OutboxEntry[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const sessionId of new Set(entries.map((entry) => entry.sessionId))) {
    const owner = await sessions.ownerOf(sessionId);
    if (owner !== undefined) found.set(sessionId, owner);
  }
  if (found.size === 0) return found;
  const users = await pushes.usersWithDevices([...new Set(found.values())]);
  return new Map([...found].filter(([, owner]) => users.has(owner)));
}

async function deliveryOf(
  { sessions, events }: PushNewsDeps["store"],
  { id, sessionId, seq, at }: OutboxEntry,
  userId: string | undefined,
): Promise<PushDelivery | null> {
  if (userId === undefined) return null;
  const { events: found } = await events.page(sessionId, { after: seq - 1, limit: 1 });
  const kind = found[0]?.seq === seq ? kindOf(found[0]) : null;
  if (kind === null) return null;
  // A deleted one is not found.
  const session = await sessions.find(userId, sessionId);
  if (session === undefined) return null;
  const { parent } = session;
  // What a subagent asks is answered in the session that it works for; how it ends is that session's affair.
  if (parent !== undefined && kind !== "approval" && kind !== "question") return null;
  return {
    userId,
    sessionId: parent?.rootSessionId ?? sessionId,
    inSessionId: sessionId,
    eventId: id,
    kind,
    at,
  };
}

/** @returns null for what nobody has to know of: what people have done themselves, and what goes on by itself */
function kindOf(event: SessionEvent): PushDelivery["kind"] | null {
  switch (event.type) {
    case "task.input-required": {
      const { reason } = event.data;
      return reason === "approval" || reason === "question" ? reason : null;
    }
    case "task.completed":
      return "completed";
    case "task.failed":
      return "failed";
    case "task.canceled":
      return LIMITS.has(event.data.reason) ? "canceled" : null;
    default:
      return null;
  }
}

/** Where push is off, too: a cursor that stood still would keep all entries behind it. */
export const noPushNews: OutboxConsumer = { name: "pushes", types: [], handle: async () => undefined };
