import { AsyncLocalStorage } from "node:async_hooks";

interface Caller {
  name: string;
  /** Throws where they may not act any more. Absent: nobody's request is being handled. */
  requireStill?: () => Promise<void>;
}

const callers = new AsyncLocalStorage<Caller>();

/** The server itself; nobody else is called so. */
const SERVER = "";

/** On whose behalf something is done, as far as can be told. For taking turns, and for nothing else: who may do it is asked elsewhere. */
export function callerName(): string {
  return callers.getStore()?.name ?? SERVER;
}

/** Until it is known whose request it is: by what came with it, which its sender chooses. */
export function actForRequest<Result>(sender: string, work: () => Result): Result {
  return callers.run({ name: `request ${sender}` }, work);
}

/**
 * The request that is being handled is this user's. Otherwise a thousand headers would be a thousand callers.
 * @param requireStill throws once what let them in does not hold any more
 */
export function requestIsOf(userId: string, requireStill: () => Promise<void>): void {
  const caller = callers.getStore();
  if (caller === undefined) return;
  caller.name = `user ${userId}`;
  caller.requireStill = requireStill;
}

/**
 * For what has waited, before it acts: in the meantime the caller may have been shut out. Tasks, and the server itself, may go on.
 * @throws what says why not
 */
export async function requireCallerStillMay(): Promise<void> {
  await callers.getStore()?.requireStill?.();
}

/** What their requests ask for keeps their tasks waiting no more than other people's. */
export function actForTasksOf<Result>(ownerId: string, work: () => Result): Result {
  return callers.run({ name: `tasks ${ownerId}` }, work);
}

/** For what serves everybody, whoever's request has set it going: it would wait for its turn behind theirs. */
export function actForEverybody<Result>(work: () => Result): Result {
  return callers.run({ name: SERVER }, work);
}
