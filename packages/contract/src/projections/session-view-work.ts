import type { SessionEvent } from "../event.ts";
import type { FilesEvent, FilesRow, RefusalRow, SetupRow, TranscriptRow } from "./session-view-row.ts";

/** What happened to a session's files, and to the network of its commands, as rows of the transcript. */

type Of<T extends SessionEvent["type"]> = Extract<SessionEvent, { type: T }>;
type SetupEvent = Of<"setup.started" | "setup.progress" | "setup.ended">;

interface Rows {
  find(key: string): TranscriptRow | undefined;
  put(row: TranscriptRow): void;
}

/** @returns whether the event is one of these. */
export function applyWork(rows: Rows, event: SessionEvent): boolean {
  switch (event.type) {
    case "project.fetched":
    case "workspace.prepared":
    case "workspace.archived":
    case "checkpoint.created":
    case "workspace.reverted":
    case "session.published":
      if (isShown(event)) rows.put(filesRow(event));
      return true;
    case "setup.started":
    case "setup.progress":
    case "setup.ended":
      rows.put(setupAfter(rows.find(keyOfSetup(event)), event));
      return true;
    case "network.refused":
      rows.put(refusalRow(event, rows.find(keyOfRefusal(event.data.host))));
      return true;
    case "network.allowed":
      allow(rows, event);
      return true;
    default:
      return false;
  }
}

/** An empty directory, and checkpoints around something that has a row itself, are no news. */
function isShown(event: FilesEvent): boolean {
  if (event.type === "workspace.prepared") return event.data.kind !== "fresh";
  if (event.type !== "checkpoint.created") return true;
  return event.data.cause === "step" || event.data.cause === "end";
}

const base = ({ seq, at, taskId }: SessionEvent) => ({ key: `event:${seq}`, seq, at, taskId });

function filesRow(event: SessionEvent & FilesEvent): FilesRow {
  return { ...base(event), kind: "files", what: { type: event.type, data: event.data } as FilesEvent };
}

const keyOfSetup = ({ data }: SetupEvent): string => `setup:${data.setupId}`;
const keyOfRefusal = (host: string): string => `refused:${host}`;

function setupAfter(known: TranscriptRow | undefined, event: SetupEvent): SetupRow {
  const row: SetupRow =
    known?.kind === "setup"
      ? known
      : {
          ...base(event),
          key: keyOfSetup(event),
          kind: "setup",
          setupId: event.data.setupId,
          source: null,
          command: null,
          state: "running",
          output: "",
          exitCode: null,
          omittedBytes: 0,
          durationMs: null,
          cached: false,
        };
  switch (event.type) {
    case "setup.started":
      return { ...row, source: event.data.source, command: event.data.command };
    case "setup.progress":
      return { ...row, output: row.output + event.data.chunk };
    case "setup.ended": {
      const { status, omittedBytes = 0, exitCode, output, durationMs, cached } = event.data;
      return { ...row, state: status, omittedBytes, exitCode, output, durationMs, cached };
    }
  }
}

/** One row for a host, however often it was tried. */
function refusalRow(event: Of<"network.refused">, known: TranscriptRow | undefined): RefusalRow {
  const { host, port, reason } = event.data;
  const asked = { host, port, reason, kind: "refusal", key: keyOfRefusal(host) } as const;
  return known?.kind === "refusal" ? { ...known, ...asked } : { ...base(event), ...asked, allowedBy: null };
}

function allow(rows: Rows, event: Of<"network.allowed">): void {
  const { host, by } = event.data;
  const known = rows.find(keyOfRefusal(hostOf(host)));
  if (known?.kind === "refusal") rows.put({ ...known, allowedBy: by });
  else
    rows.put({
      ...base(event),
      kind: "notice",
      level: "info",
      message: `${by} allowed ${host} in this session`,
    });
}

/** Without the port that a rule may name. */
const hostOf = (rule: string): string => rule.replace(/:\d+$/, "");
