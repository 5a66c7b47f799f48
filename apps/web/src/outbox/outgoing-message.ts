import type { AttachedFile } from "../attachments/attached-file.ts";
import type { WhenBusy } from "../composer/when-busy.ts";
import type { StartOf } from "../projects/workspace-choice.ts";

/** A message that was sent but not yet acknowledged by the server. */
export interface OutgoingMessage {
  /** Makes it one task even if it is sent twice, e.g. by two tabs. */
  idempotencyKey: string;
  /** Null: it starts a session, or belongs to one that is being created. */
  sessionId: string | null;
  /** Key of the message that creates its session; null if it depends on none. */
  follows: string | null;
  text: string;
  /** Attached ones; absent from messages of before there were any. */
  files?: readonly AttachedFile[];
  /** What its session works on, if it starts one; absent from messages of before there were projects. */
  start?: StartOf;
  /** What it does to a running task; absent from messages of before there was a choice: it waits. */
  how?: WhenBusy;
  /** When it was sent, in ms since the epoch; messages are delivered in this order. */
  sentAt: number;
  /** Its user: it is never sent by anybody else who signs in here. Null if unknown. */
  userId: string | null;
  /** The server was unreachable, or could not take it: it is sent once it can. */
  isWaiting: boolean;
  /** The server's words, if it could not take it. */
  why?: string | null;
  /** It is to be taken back, once it is known whether the server has got it just now. */
  isLeaving?: boolean;
}
