import type { SessionEvent } from "@trunkline/contract";

/** The expected logs: an array of events per session. */
export interface LogModel {
  sessions: ModelSession[];
}

export interface ModelSession {
  id: string;
  events: SessionEvent[];
  lastSeq: number;
  /** Text blocks that have pieces and have not ended. */
  blocks: Map<string, { fromSeq: number; text: string }>;
}

export function addToModel(session: ModelSession, events: readonly SessionEvent[]): void {
  session.events.push(...events);
  session.lastSeq = events.at(-1)?.seq ?? session.lastSeq;
}

/** The block's pieces are gone from the log. */
export function dropPieces(session: ModelSession, blockId: string): void {
  session.blocks.delete(blockId);
  session.events = session.events.filter(
    (event) => event.type !== "text.delta" || event.data.blockId !== blockId,
  );
}
