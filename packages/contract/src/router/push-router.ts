import { PushSubscription, PushSubscriptionList, PushSubscriptionRef, SubscribePushInput } from "../push.ts";
import { procedure, router } from "./procedure.ts";

export const pushRouter = router({
  subscribe: procedure
    .input(SubscribePushInput)
    .output(PushSubscription)
    .mutation(({ ctx, input }) => ctx.services.pushes.subscribe(ctx.principal, input)),
  list: procedure.output(PushSubscriptionList).query(({ ctx }) => ctx.services.pushes.list(ctx.principal)),
  unsubscribe: procedure
    .input(PushSubscriptionRef)
    .output(PushSubscription)
    .mutation(({ ctx, input }) => ctx.services.pushes.unsubscribe(ctx.principal, input)),
  test: procedure
    .input(PushSubscriptionRef)
    .output(PushSubscription)
    .mutation(({ ctx, input }) => ctx.services.pushes.test(ctx.principal, input)),
});
