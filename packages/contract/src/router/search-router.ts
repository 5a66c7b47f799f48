import { SearchInput, SearchPage } from "../search.ts";
import { procedure, router } from "./procedure.ts";

export const searchRouter = router({
  query: procedure
    .input(SearchInput)
    .output(SearchPage)
    .query(({ ctx, input }) => ctx.services.search.query(ctx.principal, input)),
});
