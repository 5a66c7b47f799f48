import type { ApprovalsTable, QuestionsTable } from "../schema.ts";
import { type Row, TASK_CORE_COLUMNS, type TaskCore } from "../rows/row-change.ts";
import { arrayParameter } from "./array-parameter.ts";
import type { LaneConnection } from "./lane-connection.ts";
import type { RowsNeeded } from "./rows-needed.ts";

/** A batch's initial state, read under the lock of its sessions. */
export interface LoadedRows {
  sessions: Row<"sessions">[];
  tasks: TaskCore[];
  approvals: ApprovalsTable[];
  questions: QuestionsTable[];
}

const TASKS = TASK_CORE_COLUMNS.join(", ");

/**
 * The lock is a separate statement with sessions in order, so that two nodes never deadlock. Later reads see what the
 * previous lock holder committed: under READ COMMITTED each statement sees everything committed before it starts, and
 * this one has waited.
 */
const LOCK_SESSIONS = `
  select id, owner_id, title, agent, model, workspace, parent_session_id, parent_task_id,
         root_session_id, root_task_id, parent_id, forked_at_seq, last_seq, next_pos, created_at, updated_at,
         archived_at, import_key, imported_seq, deleted_at, hidden_by, project_id, base_ref, branch, workspace_kind,
         effort
  from sessions where id = any($1::text[]) order by id for no key update`;
const TASKS_BY_ID = `select ${TASKS} from tasks where id = any($1::text[])`;
const UNFINISHED_TASKS = `
  select ${TASKS} from tasks
  where session_id = any($1::text[]) and state in ('submitted', 'working', 'input-required')`;
const ACTIVE_TASKS = `
  select ${TASKS} from tasks where session_id = any($1::text[]) and state in ('working', 'input-required')`;
const requestsById = (table: string) => `select * from ${table} where id = any($1::text[])`;
const openRequests = (table: string) =>
  `select * from ${table} where session_id = any($1::text[]) and state = 'open'`;

/** All in one round trip. */
export async function lockAndLoad(connection: LaneConnection, needed: RowsNeeded): Promise<LoadedRows> {
  const read = async <R extends object>(text: string, ids: ReadonlySet<string>): Promise<R[]> => {
    if (ids.size === 0) return [];
    return (await connection.query<R>(text, [arrayParameter("text", [...ids])])).rows;
  };
  const { tasks, unfinishedOf, activeOf, approvals, questions, openRequestsOf } = needed;
  const [sessions, byId, unfinished, active, approvalsById, openApprovals, questionsById, openQuestions] =
    await Promise.all([
      read<Row<"sessions">>(LOCK_SESSIONS, needed.sessions),
      read<TaskCore>(TASKS_BY_ID, tasks),
      read<TaskCore>(UNFINISHED_TASKS, unfinishedOf),
      read<TaskCore>(ACTIVE_TASKS, activeOf),
      read<ApprovalsTable>(requestsById("approvals"), approvals),
      read<ApprovalsTable>(openRequests("approvals"), openRequestsOf),
      read<QuestionsTable>(requestsById("questions"), questions),
      read<QuestionsTable>(openRequests("questions"), openRequestsOf),
    ]);
  return {
    sessions,
    tasks: [...byId, ...unfinished, ...active],
    approvals: [...approvalsById, ...openApprovals],
    questions: [...questionsById, ...openQuestions],
  };
}
