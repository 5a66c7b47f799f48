import { AuditPage, ListAuditInput } from "../audit.ts";
import { procedure, router } from "./procedure.ts";

export const auditRouter = router({
  list: procedure
    .input(ListAuditInput)
    .output(AuditPage)
    .query(({ ctx, input }) => ctx.services.audit.list(ctx.principal, input)),
});
