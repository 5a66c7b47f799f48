import { Client } from "pg";
import type { FoldedTable } from "../rows/row-change.ts";
import type { StoredRows } from "../verify/verify-session.ts";
import {
  type SessionSnapshot,
  type StoredEventRow,
  type VerifyProgress,
  type VerifyReport,
  type VerifySource,
  verifyStore,
} from "../verify/verify-store.ts";
import { connectionConfig, NO_LIMITS } from "./connection-config.ts";
import { TABLE_COLUMNS } from "./table-columns.ts";

/** Rows of a log in memory at a time. */
const PAGE = 1_000;

/** Verifies a PostgreSQL database on a separate connection. @param url never logged. */
export async function verifyPostgres(
  url: string,
  onProgress?: (progress: VerifyProgress) => void,
): Promise<VerifyReport> {
  const client = new Client(connectionConfig(url, "verify", NO_LIMITS));
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await verifyStore(createSource(client), onProgress);
  } finally {
    await client.end();
  }
}

function createSource(client: Client): VerifySource {
  const read = async <Row extends object>(text: string, values: unknown[]): Promise<Row[]> =>
    (await client.query<Row>(text, values)).rows;
  const rowsOf = async (table: FoldedTable, where: string, values: unknown[]): Promise<object[]> =>
    read(`select ${Object.keys(TABLE_COLUMNS[table]).join(", ")} from ${table} where ${where}`, values);

  return {
    async sessionIds() {
      const rows = await read<{ id: string }>(
        "select id from sessions where deleted_at is null order by id",
        [],
      );
      return rows.map(({ id }) => id);
    },
    async snapshot(id, work) {
      await client.query("begin isolation level repeatable read read only");
      try {
        const [origin] = await read<NonNullable<SessionSnapshot["origin"]>>(
          `select type, seq from events where session_id = $1 and type in ('session.forked', 'session.imported')
           order by seq desc limit 1`,
          [id],
        );
        return await work({
          origin,
          rows: async (fromSeq) =>
            ({
              sessions: await rowsOf("sessions", "id = $1", [id]),
              tasks: await rowsOf("tasks", "session_id = $1", [id]),
              approvals: await rowsOf("approvals", "session_id = $1", [id]),
              questions: await rowsOf("questions", "session_id = $1", [id]),
              usage: await rowsOf("usage", "session_id = $1", [id]),
              blob_refs: await rowsOf("blob_refs", "session_id = $1 and seq >= $2", [id, fromSeq]),
            }) as StoredRows,
          log: (fromSeq) => readLog(read, id, fromSeq),
        });
      } finally {
        await client.query("commit");
      }
    },
  };
}

async function* readLog(
  read: <Row extends object>(text: string, values: unknown[]) => Promise<Row[]>,
  id: string,
  fromSeq: number,
): AsyncGenerator<StoredEventRow, void> {
  for (let from = fromSeq; ;) {
    const rows = await read<StoredEventRow>(
      `select session_id as "sessionId", seq, task_id as "taskId", at, type, data from events
       where session_id = $1 and seq >= $2 order by seq limit ${PAGE}`,
      [id, from],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    from = last.seq + 1;
  }
}
