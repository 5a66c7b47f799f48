const ID_FIELD = Buffer.from("\nid: ");
const EVENT_FIELD = Buffer.from("event: ");
const SEQ_KEY = Buffer.from('"seq":');
const LIVE_KEY = Buffer.from('"live":true');
const DATA_FIELD = Buffer.from("data: ");

/** Whether a message is data, and none of the protocol's own (`connected`, `ping`, …), which name their event. */
export function isData(frame: Buffer): boolean {
  return frame.compare(EVENT_FIELD, 0, EVENT_FIELD.length, 0, EVENT_FIELD.length) !== 0;
}

/** The decimal number of the `id:` field, which follows the data. @throws Error where there is none. */
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

/** How many events a message carries, by their `seq`, which no data of the benchmark's own events contains. */
export function countEvents(frame: Buffer): number {
  let count = 0;
  for (let at = frame.indexOf(SEQ_KEY); at !== -1; at = frame.indexOf(SEQ_KEY, at + SEQ_KEY.length))
    count += 1;
  return count;
}

/** Whether a batch says that the reader has caught up; it does so at its end. */
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
