import type { Approval, Question, Session, SessionEvent, Task } from "@trunkline/contract";
import { pageUser } from "../auth/page-user.ts";
import { Shelf } from "../text/kept.ts";

/** A session as this browser last saw it, for display without a network. */
export interface KeptSession {
  session: Session;
  tasks: readonly Task[];
  approvals: readonly Approval[];
  /** Absent in copies from before questions existed. */
  questions?: readonly Question[];
  /** The newest, oldest first. */
  events: readonly SessionEvent[];
  hasOlder: boolean;
}

/** Maximum number of sessions; the least recently shown are dropped. */
const MAX_SESSIONS = 30;
/** Maximum size of the events of each, in characters of JSON. */
const MAX_LENGTH = 1_000_000;
const INDEX = "index";
const LIST = "list";

const shelf = new Shelf("sessions");
/** Deleted ones: whoever leaves the page of one, or of all once signed out, would keep it again. */
const deleted = new Set<string>();
let isSignedOut = false;

export async function keepSession(kept: KeptSession): Promise<void> {
  const { events, hasOlder, session } = kept;
  if (isSignedOut || deleted.has(session.id)) return;
  let length = 0;
  const from = events.findLastIndex((event) => (length += JSON.stringify(event).length) > MAX_LENGTH) + 1;
  const isKept = await shelf.write(session.id, {
    ...kept,
    userId: pageUser(),
    events: events.slice(from),
    hasOlder: hasOlder || from > 0,
  } satisfies KeptSession & Owned);
  if (!isKept || isSignedOut) return;
  const ids = [session.id, ...(await readIndex()).filter((id) => id !== session.id)];
  await shelf.write(INDEX, ids.slice(0, MAX_SESSIONS));
  const oldest = ids.slice(MAX_SESSIONS);
  if (oldest.length > 0) await shelf.forget(...oldest);
}

export async function readKeptSession(sessionId: string): Promise<KeptSession | null> {
  const kept = (await shelf.read(sessionId)) as (KeptSession & Owned) | null;
  return isOwn(kept) && Array.isArray(kept.events) ? kept : null;
}

/** The session list as last seen. */
export async function keepSessionList(sessions: readonly Session[]): Promise<void> {
  if (isSignedOut) return;
  await shelf.write(LIST, { userId: pageUser(), sessions });
}

export async function readKeptSessionList(): Promise<readonly Session[] | null> {
  const list = (await shelf.read(LIST)) as ({ sessions: readonly Session[] } & Owned) | null;
  return isOwn(list) && Array.isArray(list.sessions) ? list.sessions : null;
}

/** Removes everything that came from the server, but not what the user typed (text/kept-text.ts). */
export async function forgetSessions(): Promise<void> {
  isSignedOut = true;
  // Not those of the index: two tabs that write it at once lose one of theirs.
  await shelf.forget(...(await shelf.keys()));
}

/** Of sessions that are no more, or no more this user's. */
export async function forgetDeleted(...sessionIds: string[]): Promise<void> {
  for (const id of sessionIds) deleted.add(id);
  await shelf.forget(...sessionIds);
}

/** Ids of all that are kept. */
export async function keptSessionIds(): Promise<string[]> {
  return (await shelf.keys()).filter((key) => key !== INDEX && key !== LIST);
}

interface Owned {
  /** Whose page kept it; absent in copies from before that was kept. */
  userId?: string | null;
}

/** A page of somebody else may have been open until now. */
function isOwn<Kept extends Owned>(kept: Kept | null): kept is Kept {
  return kept !== null && (kept.userId ?? null) === pageUser();
}

async function readIndex(): Promise<string[]> {
  const ids = await shelf.read(INDEX);
  return Array.isArray(ids) ? ids.map(String) : [];
}
