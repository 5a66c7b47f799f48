import { ModelList, ModelProvider, RemoveModelKeyInput, SetModelKeyInput } from "../model.ts";
import { procedure, router } from "./procedure.ts";

export const modelRouter = router({
  list: procedure.output(ModelList).query(({ ctx }) => ctx.services.models.list(ctx.principal)),
  setKey: procedure
    .input(SetModelKeyInput)
    .output(ModelProvider)
    .mutation(({ ctx, input }) => ctx.services.models.setKey(ctx.principal, input)),
  removeKey: procedure
    .input(RemoveModelKeyInput)
    .output(ModelProvider)
    .mutation(({ ctx, input }) => ctx.services.models.removeKey(ctx.principal, input)),
});
