import {
  CreateProjectInput,
  DeleteProjectInput,
  ListProjectsInput,
  Project,
  ProjectPage,
  ProjectRef,
  SetCredentialInput,
  UpdateProjectInput,
} from "../project.ts";
import { procedure, router } from "./procedure.ts";

export const projectRouter = router({
  create: procedure
    .input(CreateProjectInput)
    .output(Project)
    .mutation(({ ctx, input }) => ctx.services.projects.create(ctx.principal, input)),
  get: procedure
    .input(ProjectRef)
    .output(Project)
    .query(({ ctx, input }) => ctx.services.projects.get(ctx.principal, input)),
  list: procedure
    .input(ListProjectsInput)
    .output(ProjectPage)
    .query(({ ctx, input }) => ctx.services.projects.list(ctx.principal, input)),
  update: procedure
    .input(UpdateProjectInput)
    .output(Project)
    .mutation(({ ctx, input }) => ctx.services.projects.update(ctx.principal, input)),
  delete: procedure
    .input(DeleteProjectInput)
    .output(Project)
    .mutation(({ ctx, input }) => ctx.services.projects.delete(ctx.principal, input)),
  setCredential: procedure
    .input(SetCredentialInput)
    .output(Project)
    .mutation(({ ctx, input }) => ctx.services.projects.setCredential(ctx.principal, input)),
  removeCredential: procedure
    .input(ProjectRef)
    .output(Project)
    .mutation(({ ctx, input }) => ctx.services.projects.removeCredential(ctx.principal, input)),
});
