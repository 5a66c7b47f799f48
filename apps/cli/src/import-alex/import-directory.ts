import { basename } from "node:path";
import { type ConvertedFile, convertFile } from "./convert-file.ts";
import { findFiles, type FoundFiles } from "./find-files.ts";
import { type CostRecords, readCosts } from "./read-costs.ts";
import {
  type ImportReport,
  type SessionOutcome,
  type SkippedFile,
  toCostReport,
  toReport,
} from "./report.ts";
import type { SendDocument } from "./send-document.ts";
import { type Skip, SKIP_REASONS, type SkipReason, skip } from "./skip.ts";

export interface ImportOptions {
  directory: string;
  /** Null: the default location, if it exists. */
  costsDirectory: string | null;
  /** Null: a dry run, which converts and checks but writes nothing. */
  send: SendDocument | null;
  /** @param done number of files before this one */
  onFile: (file: string, done: number, files: number) => void;
  /** Stops between two files. */
  signal: AbortSignal;
}

export interface ImportResult {
  report: ImportReport;
  /** Why the import was aborted; null if it was not. What was imported until then stays. */
  error: Error | null;
}

/**
 * Imports a directory of the original, one file at a time, and never changes it. Repeating it imports only what is new.
 *
 * @throws Error with a code, like node:fs, if one of the directories can't be read
 */
export async function importDirectory(options: ImportOptions): Promise<ImportResult> {
  const found = await findFiles(options.directory);
  const costsDirectory = options.costsDirectory ?? found.costsDirectory;
  const costs = costsDirectory === null ? null : await readCosts(costsDirectory);
  const run = new ImportRun(costs, options.send);
  run.skipAll(found.others, "wrong-extension");
  run.skipAll(found.strayPlans, "plan-without-session");

  let stopped: string | null = null;
  let failure: Error | null = null;
  const files = found.sessions.length;
  for (const [done, file] of found.sessions.entries()) {
    if (options.signal.aborted) {
      stopped = "interrupted";
      break;
    }
    options.onFile(file.path, done, files);
    try {
      await run.importFile(file);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error), { cause: error });
      stopped = failure.message;
      break;
    }
  }
  const { sessions, skips } = run;
  const costReport =
    costs === null || costsDirectory === null ? null : toCostReport(costsDirectory, costs, sessions);
  const total = files + found.others.length + found.strayPlans.length;
  const what = { directory: options.directory, dryRun: options.send === null, files: total, stopped };
  return { report: toReport(what, sessions, skips, costReport), error: failure };
}

class ImportRun {
  readonly sessions: SessionOutcome[] = [];
  readonly skips: SkippedFile[] = [];
  /** Files by their session. */
  readonly #seen = new Map<string, string>();
  readonly #costs: CostRecords | null;
  readonly #send: SendDocument | null;

  constructor(costs: CostRecords | null, send: SendDocument | null) {
    this.#costs = costs;
    this.#send = send;
  }

  skipAll(files: readonly string[], reason: SkipReason): void {
    for (const file of files) this.skips.push({ file, reason, message: SKIP_REASONS[reason] });
  }

  async importFile(file: FoundFiles["sessions"][number]): Promise<void> {
    const outcome = await this.#outcomeOf(file);
    if ("skip" in outcome) this.skips.push({ file: file.path, ...outcome.skip });
    else this.sessions.push(outcome);
  }

  async #outcomeOf(file: FoundFiles["sessions"][number]): Promise<SessionOutcome | { skip: Skip }> {
    const converted = await convertFile(file, this.#costs);
    if ("skip" in converted) return converted;
    const { importKey, document } = converted;
    const twin = this.#seen.get(importKey);
    if (twin !== undefined) return skip("duplicate", `the same session as ${basename(twin)}`);

    const outcome = outcomeOf(file.path, converted, this.#costs);
    const sent = this.#send === null ? null : await this.#send({ document, importKey });
    if (sent !== null && "skip" in sent) return sent;
    this.#seen.set(importKey, file.path);
    if (sent === null) return outcome;
    if ("isChanged" in sent) return { ...outcome, status: "already-there", changedSince: true };
    const { created, session } = sent;
    return {
      ...outcome,
      status: created ? "imported" : "already-there",
      sessionId: session.id,
      changedSince: !created && document.session.updatedAt > session.updatedAt,
    };
  }
}

function outcomeOf(
  file: string,
  { session, document, toolCalls, remarks }: ConvertedFile,
  costs: CostRecords | null,
): SessionOutcome {
  return {
    file,
    id: session.id,
    generation: session.generation,
    status: "would-import",
    sessionId: null,
    changedSince: false,
    title: document.session.title,
    tasks: document.tasks.length,
    events: document.events.length,
    toolCalls,
    forkedFrom: session.forkedFrom,
    costs: costs?.bySession.get(session.id) ?? null,
    remarks: remarks.counts,
  };
}
