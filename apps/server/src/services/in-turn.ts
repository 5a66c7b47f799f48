import { requireCallerStillMay } from "../fairness/caller.ts";
import type { Store } from "../store/port.ts";

/**
 * Does what a caller has asked for once nobody else is at work under that name, which may take minutes.
 * @throws TrunklineError `unauthorized` where the caller was shut out meanwhile; what `turns.run` and the work throw
 */
export async function inTurn<Result>(
  { turns }: Pick<Store, "turns">,
  name: string,
  work: () => Promise<Result>,
): Promise<Result> {
  return turns.run(name, async () => {
    await requireCallerStillMay();
    return work();
  });
}
