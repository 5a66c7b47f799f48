import type {
  Changes,
  CheckpointPage,
  FileDiff,
  ListChangesInput,
  ListCheckpointsInput,
  ReadDiffInput,
  RevertSessionInput,
} from "../checkpoint.ts";
import type { Principal } from "../principal.ts";
import type { Session } from "../session.ts";

/** Every method throws TrunklineError; `not_found` also if the session is somebody else's, or its checkpoint is gone. */
export interface CheckpointService {
  checkpoints(principal: Principal, input: ListCheckpointsInput): Promise<CheckpointPage>;
  changes(principal: Principal, input: ListChangesInput): Promise<Changes>;
  diff(principal: Principal, input: ReadDiffInput): Promise<FileDiff>;
  /** @throws `session_busy` while the session has an unfinished task */
  revert(principal: Principal, input: RevertSessionInput): Promise<Session>;
}
