import type { StatusLine } from "../terminal/status-line.ts";
import type { Finding } from "./finding.ts";

/** Maximum number of differences printed one by one. */
const TOLD = 10;

/** Compares the rows behind lists and queues with the logs. Read-only, with or without a running server. */
export async function checkRows(
  store: { dataDir: string; databaseUrl: string | undefined },
  status: StatusLine,
): Promise<Finding[]> {
  // Loaded lazily, so that nothing else pays for the database library.
  const { verifyRows } = await import("@trunkline/server/backup");
  try {
    const report = await verifyRows(store, ({ sessions, of }) =>
      status.show({ label: "comparing rows with logs", detail: `${sessions} of ${of} sessions` }),
    );
    status.show(null);
    const { sessions, events, differences, differing, fromBefore } = report;
    const older =
      fromBefore === 0 ? "" : `; ${fromBefore} rows from earlier versions compared as far as their logs go`;
    if (differing === 0) {
      return [
        finding("ok", `${sessions} sessions, ${events} events: every row is what its log says${older}`),
      ];
    }
    return [
      finding("fail", `${differing} values differ from what the logs say (${sessions} sessions${older})`),
      ...differences
        .slice(0, TOLD)
        .map(({ sessionId, table, id, column, stored, folded }) =>
          finding(
            "fail",
            `session ${sessionId}: ${table} ${id}: ${column} is ${JSON.stringify(stored)}, the log says ${JSON.stringify(folded)}`,
          ),
        ),
    ];
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "BackupError") throw error;
    return [finding("fail", error.message)];
  }
}

function finding(level: Finding["level"], message: string): Finding {
  return { check: "rows", level, message };
}
