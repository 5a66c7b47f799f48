import type { Hint } from "../../hints/port.ts";

/** PostgreSQL's limit for a notification is 8,000 bytes. */
const MAX_PAYLOAD = 7_900;
/** Maximum sessions and tasks per batch; beyond that receivers check everything. */
const MAX_HINTS = 10_000;

/** The wire format: short, because all nodes receive all of it. Additions by later versions are ignored. */
type Item =
  | ["a", sessionId: string, lastSeq: number, ownerId?: string]
  | ["r", sessionId: string, ownerId: string]
  | ["c", taskId: string]
  | ["w"]
  | ["x"]
  | ["m"];

/** Pending hints, deduplicated. */
export class HintBatch {
  readonly #items = new Map<string, Item>();

  get isEmpty(): boolean {
    return this.#items.size === 0;
  }

  add(hint: Hint): void {
    const item = toItem(hint);
    const key = `${item[0]} ${item[1] ?? ""}`;
    const waiting = this.#items.get(key);
    if (waiting === undefined && this.#items.size >= MAX_HINTS) {
      this.#items.clear();
      this.#items.set("m", ["m"]);
      // Nothing else makes up for these.
      if (item[0] === "a" || item[0] === "r") return;
    }
    this.#items.set(key, waiting === undefined ? item : merged(waiting, item));
  }

  /** Puts back what could not be sent, merging it with what came since. */
  addAll(other: HintBatch): void {
    for (const item of other.#items.values()) for (const hint of toHints(item)) this.add(hint);
  }

  /** @returns notifications within the size limit. @param from the sending node */
  payloads(from: string): string[] {
    const payloads: string[] = [];
    let items: string[] = [];
    let length = 0;
    const close = (): void => {
      if (items.length > 0) payloads.push(`${from}[${items.join()}]`);
      items = [];
      length = from.length + 2;
    };
    close();
    for (const item of this.#items.values()) {
      const json = JSON.stringify(item);
      const bytes = Buffer.byteLength(json) + 1;
      if (length + bytes > MAX_PAYLOAD) close();
      items.push(json);
      length += bytes;
    }
    close();
    return payloads;
  }
}

/** @returns another node's hints; none if it is this node's own, or in an unknown format. */
export function readPayload(payload: string, self: string): Hint[] {
  const start = payload.indexOf("[");
  if (start < 0 || payload.slice(0, start) === self) return [];
  try {
    return (JSON.parse(payload.slice(start)) as Item[]).flatMap(toHints);
  } catch {
    return [{ type: "missed" }];
  }
}

function merged(waiting: Item, item: Item): Item {
  if (waiting[0] !== "a" || item[0] !== "a") return item;
  const [, sessionId, lastSeq, ownerId = waiting[3]] = item;
  const seq = Math.max(waiting[2], lastSeq);
  return ownerId === undefined ? ["a", sessionId, seq] : ["a", sessionId, seq, ownerId];
}

function toItem(hint: Hint): Item {
  switch (hint.type) {
    case "appended": {
      const { sessionId, lastSeq, ownerId } = hint;
      return ownerId === undefined ? ["a", sessionId, lastSeq] : ["a", sessionId, lastSeq, ownerId];
    }
    case "removed":
      return ["r", hint.sessionId, hint.ownerId];
    case "cancel-requested":
      return ["c", hint.taskId];
    case "work-waiting":
      return ["w"];
    case "access-changed":
      return ["x"];
    case "missed":
      return ["m"];
  }
}

function toHints(item: Item): Hint[] {
  switch (item[0]) {
    case "a": {
      const [, sessionId, lastSeq, ownerId] = item;
      return [{ type: "appended", sessionId, lastSeq, ...(ownerId !== undefined && { ownerId }) }];
    }
    case "r":
      return [{ type: "removed", sessionId: item[1], ownerId: item[2] }];
    case "c":
      return [{ type: "cancel-requested", taskId: item[1] }];
    case "w":
      return [{ type: "work-waiting" }];
    case "x":
      return [{ type: "access-changed" }];
    case "m":
      return [{ type: "missed" }];
    default:
      return [];
  }
}
