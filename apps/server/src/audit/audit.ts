import type { Logger } from "pino";
import { v7 as uuidv7 } from "uuid";
import type { AuditRecord, Store } from "../store/port.ts";
import type { Audit, AuditEvent } from "./port.ts";
import { RefusalCounter } from "./refusal-counter.ts";

const MAX_TEXT_LENGTH = 200;

export function createAudit({
  store,
  logger,
  now,
}: {
  store: Store;
  logger: Logger;
  now: () => number;
}): Audit {
  const entry = ({ by, ...event }: AuditEvent, count = 1): AuditRecord => ({
    id: uuidv7(),
    at: now(),
    userId: by?.userId ?? null,
    userName: by?.name ?? null,
    tokenId: by?.tokenId ?? null,
    action: bounded(event.action),
    target: bounded(event.target),
    decision: event.decision,
    detail: bounded(event.detail),
    address: by?.address ?? event.address ?? null,
    count,
  });

  /** Uses the reserve for a full disk: freeing space is audited as well. */
  const put = async (event: AuditEvent, count: number): Promise<void> => {
    try {
      await store.audit.add(entry(event, count), { mayUseBallast: event.decision === "allowed" });
    } catch (error) {
      logger.error({ err: error, audit: event, count }, "an entry of the audit trail could not be stored");
    }
  };

  const refusals = new RefusalCounter(async (event, count) => put({ ...event, decision: "denied" }, count));

  return {
    entry: (event) => entry(event),
    record: async (event) => put(event, 1),
    refused: (event) => refusals.add(event),
    close: async () => refusals.close(),
  };
}

function bounded<Text extends string | undefined>(text: Text): Text extends string ? string : string | null;
function bounded(text: string | undefined): string | null {
  return text?.slice(0, MAX_TEXT_LENGTH) ?? null;
}
