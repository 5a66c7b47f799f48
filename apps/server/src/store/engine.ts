import type { Hints } from "../hints/port.ts";
import type { OutboxConsumer } from "../outbox/port.ts";
import type { SearchIndex } from "../search/port.ts";
import type { Store } from "./port.ts";

/** What is stored, and what is found in it: the one place that knows which engine that is. */
export interface Engine {
  store: Store;
  search: SearchIndex;
  /** Between the nodes that share the store; undefined where it is one node's. */
  hints: Hints | undefined;
  /** What the engine itself has follow the logs. */
  consumers: readonly OutboxConsumer[];
}
