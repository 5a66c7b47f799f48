import type { Principal } from "../principal.ts";
import type {
  CreateProjectInput,
  DeleteProjectInput,
  ListProjectsInput,
  Project,
  ProjectPage,
  ProjectRef,
  SetCredentialInput,
  UpdateProjectInput,
} from "../project.ts";

/** Every method throws TrunklineError; `not_found` also if the project is somebody else's and not shared. */
export interface ProjectService {
  /** @throws `project_exists` if the caller has one of this name; `forbidden` for what only an admin may set. */
  create(principal: Principal, input: CreateProjectInput): Promise<Project>;
  get(principal: Principal, input: ProjectRef): Promise<Project>;
  list(principal: Principal, input: ListProjectsInput): Promise<ProjectPage>;
  update(principal: Principal, input: UpdateProjectInput): Promise<Project>;
  /** @throws `project_in_use` if sessions use it and the caller does not insist. @returns the project as it was */
  delete(principal: Principal, input: DeleteProjectInput): Promise<Project>;
  /** Stores it encrypted, in place of an earlier one. */
  setCredential(principal: Principal, input: SetCredentialInput): Promise<Project>;
  removeCredential(principal: Principal, input: ProjectRef): Promise<Project>;
}
