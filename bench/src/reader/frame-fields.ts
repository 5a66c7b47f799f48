const ID_FIELD = Buffer.from("\nid: ");
const EVENT_FIELD = Buffer.from("event: ");
const SEQ_KEY = Buffer.from('"seq":');
const LIVE_KEY = Buffer.from('"live":true');
const DATA_FIELD = Buffer.from("data: ");

/** Whether a message carries data, rather than a named protocol event (`connected`, `ping`, …). */
export function isData(frame: Buffer): boolean {
  return frame.compare(EVENT_FIELD, 0, EVENT_FIELD.length, 0, EVENT_FIELD.length) !== 0;
}

/** The number in the `id:` field, which follows the data. @throws Error if there is none. */
export function readId(frame: Buffer): number {
  let at = frame.lastIndexOf(ID_FIELD);
  if (at === -1) throw new Error(`a message without id: ${frame.toString("utf8").slice(0, 200)}`);
  at += ID_FIELD.length;
  let id = 0;
  for (let digit = frame[at]; digit !== undefined && digit >= 0x30 && digit <= 0x39; digit = frame[++at]) {
    id = id * 10 + digit - 0x30;
  }
  return id;
}

/** The number of events in a message, by their `seq`, which the benchmark's event data never contains. */
export function countEvents(frame: Buffer): number {
  let count = 0;
  for (let at = frame.indexOf(SEQ_KEY); at !== -1; at = frame.indexOf(SEQ_KEY, at + SEQ_KEY.length))
    count += 1;
  return count;
}

/** Whether a batch says, at its end, that the reader has caught up. */
export function isLive(frame: Buffer): boolean {
  return frame.lastIndexOf(LIVE_KEY) !== -1;
}

/** The parsed JSON of a message's one `data:` line. */
export function readData(frame: Buffer): unknown {
  const start = frame.indexOf(DATA_FIELD);
  const end = frame.indexOf(0x0a, start);
  const json = frame.toString("utf8", start + DATA_FIELD.length, end === -1 ? frame.length : end);
  return JSON.parse(json);
}
