import type { RawBuilder } from "kysely";

/** What the nouns have to say in each engine's own words. */
export interface Dialect {
  /** Whether the title of the session `s` contains a text. @param folded the text, folded by `foldForSearch` */
  titleContains(folded: string): RawBuilder<boolean>;
}
