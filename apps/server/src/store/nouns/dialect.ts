import type { RawBuilder } from "kysely";

/** What the nouns have to say in each engine's own words. */
export interface Dialect {
  /** The time by the store's own clock, ms since the epoch: those of nodes may be apart. */
  now: RawBuilder<number>;
  /** Whether the title of the session `s` contains a text. @param folded the text, folded by `foldForSearch` */
  titleContains(folded: string): RawBuilder<boolean>;
}
