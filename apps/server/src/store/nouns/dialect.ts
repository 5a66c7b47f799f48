import type { RawBuilder } from "kysely";

/** Expressions that differ between the engines. */
export interface Dialect {
  /** Current time by the store's own clock, ms since the epoch; nodes' clocks may differ. */
  now: RawBuilder<number>;
  /** Bytes that the store holds, without the holes that deletions leave. */
  storedBytes: RawBuilder<number | string>;
  /** Whether the title of the session `s` contains a text. @param folded the text, folded by `foldForSearch` */
  titleContains(folded: string): RawBuilder<boolean>;
}
