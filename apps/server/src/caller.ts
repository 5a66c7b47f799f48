import { AsyncLocalStorage } from "node:async_hooks";

/** On whose behalf something is done, as far as can be told; absent: the server's own. For taking turns, and for nothing else. */
export const callers = new AsyncLocalStorage<string>();
