import { procedure, router } from "./procedure.ts";
import { streamSignal } from "./stream-signal.ts";

export const activityRouter = router({
  subscribe: procedure.subscription(async function* ({ ctx, signal }) {
    yield* ctx.services.activity.subscribe(ctx.principal, streamSignal(signal));
  }),
});
