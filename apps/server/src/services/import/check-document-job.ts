import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import type { SessionDocument } from "@trunkline/contract";
import { DocumentRules, EVENT_BOUNDS, HEAD_BOUNDS, TASK_BOUNDS } from "./document-rules.ts";
import { isFullDisk } from "./import-spool.ts";
import { DocumentRefused, JsonSource } from "./json-source.ts";

export interface CheckRequest {
  /** The uploaded file: a document, or `{ document, importKey }`. */
  from: string;
  /** The output file: the document's events, one per line. */
  to: string;
  /** Integer ms since the epoch. */
  now: number;
}

export interface CheckedDocument {
  session: SessionDocument["session"];
  importKey: string | null;
  events: number;
  lastSeq: number;
  /** SHA-256 of the checked content, hex: the same for the same document, however it is formatted. */
  hash: string;
}

const MAX_KEY_LENGTH = 500;
const WRITE_AT = 262_144;

/**
 * Validates a document in one pass with bounded memory, writing its events as they will be stored. Runs in a worker
 * thread.
 */
export default function checkDocument({
  from,
  to,
  now,
}: CheckRequest): CheckedDocument | { refused: string } | "disk full" {
  const source = openSync(from, "r");
  const target = openSync(to, "wx", 0o600);
  try {
    return check(new JsonSource(source), new Lines(target), new DocumentRules(now));
  } catch (error) {
    if (error instanceof DocumentRefused) return { refused: error.message };
    if (isFullDisk(error)) return "disk full";
    throw error;
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

function check(json: JsonSource, lines: Lines, rules: DocumentRules): CheckedDocument {
  const seen = new Set<string>();
  let session: SessionDocument["session"] | undefined;
  let importKey: string | null = null;
  let events = 0;
  let lastSeq = 0;

  const readPart = (name: string): boolean => {
    seen.add(name);
    switch (name) {
      case "format":
        if (json.value(name, HEAD_BOUNDS) !== "trunkline.session") {
          throw new DocumentRefused("format must be 'trunkline.session'");
        }
        return true;
      case "version":
        if (json.value(name, HEAD_BOUNDS) !== 1) throw new DocumentRefused("version must be 1");
        return true;
      case "session":
        session = rules.head(json.value(name, HEAD_BOUNDS));
        return true;
      case "tasks":
        json.array(name, (index) => rules.task(json.value(`tasks[${index}]`, TASK_BOUNDS), index));
        return true;
      case "events":
        json.array(name, (index) => {
          const event = rules.event(json.value(`events[${index}]`, EVENT_BOUNDS), index);
          lines.add(JSON.stringify(event));
          events += 1;
          lastSeq = event.seq;
        });
        return true;
      default:
        return false;
    }
  };
  json.object("The body", (name) => {
    if (name === "document") {
      seen.add(name);
      json.object(name, (part) => {
        if (!readPart(part)) throw new DocumentRefused(`The document has an unknown member '${part}'`);
      });
    } else if (name === "importKey") {
      const key = json.value(name, HEAD_BOUNDS);
      if (typeof key !== "string" || key === "" || key.length > MAX_KEY_LENGTH) {
        throw new DocumentRefused(`importKey must be a text of 1 to ${MAX_KEY_LENGTH} characters`);
      }
      importKey = key;
    } else if (seen.has("document") || !readPart(name)) {
      throw new DocumentRefused(`The body has an unknown member '${name}'`);
    }
  });
  json.end();
  for (const name of ["format", "version", "session", "tasks", "events"]) {
    if (!seen.has(name)) throw new DocumentRefused(`The document has no '${name}'`);
  }
  if (session === undefined) throw new DocumentRefused("The document has no 'session'");
  return { session, importKey, events, lastSeq, hash: lines.end(JSON.stringify(session)) };
}

/** Buffered line output. */
class Lines {
  readonly #file: number;
  readonly #hash = createHash("sha256");
  #waiting: string[] = [];
  #length = 0;

  constructor(file: number) {
    this.#file = file;
  }

  add(line: string): void {
    this.#waiting.push(line, "\n");
    this.#length += line.length;
    if (this.#length > WRITE_AT) this.#write();
  }

  /** @returns the hash of all lines and of the given text, hex. */
  end(last: string): string {
    this.#write();
    return this.#hash.update(last).digest("hex");
  }

  #write(): void {
    const bytes = Buffer.from(this.#waiting.join(""));
    this.#waiting = [];
    this.#length = 0;
    this.#hash.update(bytes);
    for (let written = 0; written < bytes.length;) written += writeSync(this.#file, bytes, written);
  }
}
