import type { RetentionStore, RetiringSession } from "../../store/port.ts";

/** Sessions without activity since then, if archived and if not; null: none of those. */
export type Rule = Parameters<RetentionStore["countStale"]>[0];

/** A place in a walk. */
export interface Place {
  /** Index of the rule. */
  rule: number;
  updatedAt: number;
  id: string;
}

const PAGE = 50;

/** The sessions that rules name, one rule after the other, each from the one that changed first; a session may come twice. */
export async function* candidates(
  store: Pick<RetentionStore, "stale">,
  rules: readonly Rule[],
  from?: Place,
): AsyncGenerator<{ session: RetiringSession; place: Place }> {
  for (const [index, rule] of rules.entries()) {
    if (from !== undefined && index < from.rule) continue;
    let after: Place | undefined = from?.rule === index ? from : undefined;
    for (;;) {
      const page = await store.stale({ ...rule, after, limit: PAGE });
      for (const session of page) {
        after = { rule: index, updatedAt: session.updatedAt, id: session.id };
        yield { session, place: after };
      }
      if (page.length < PAGE) break;
    }
  }
}
