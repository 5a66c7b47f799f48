import { MAX_KEPT_OUTPUT, type SessionEvent } from "@trunkline/contract";
import { EVENT_TYPES, type EventType, parseEventData, SessionDocument } from "@trunkline/contract/schemas";
import type { z } from "zod";
import { DocumentRefused, type ValueBounds } from "./json-source.ts";
import { OpenTexts } from "./open-texts.ts";

/** Generous bounds for what a live session can have produced: a step of two million characters, nested 64 deep. */
export const EVENT_BOUNDS: ValueBounds = { bytes: 33_554_432, depth: 72, parts: 2_000_000 };
export const TASK_BOUNDS: ValueBounds = { bytes: 33_554_432, depth: 8, parts: 1_000 };
export const HEAD_BOUNDS: ValueBounds = { bytes: 65_536, depth: 4, parts: 100 };
const MAX_EVENT_TEXT = 4_000_000;
const MAX_TASKS = 200_000;
/** Maximum blocks, calls, setups and tasks left open by a document; its last commit closes all of them. */
const MAX_OPEN = 10_000;
/** Their text, which that commit holds all at once; a live session has open what one step says and its calls print. */
const MAX_OPEN_TEXT = 8_000_000;
/** Far beyond any log, and far below where numbers lose precision, even when summed. */
const MAX_SEQ = 999_999_999_999;
const MAX_COUNT = 1_000_000_000;
/** Nothing is summed from limits: as the contract has them, such as two weeks in ms. */
const MAX_LIMIT = Number.MAX_SAFE_INTEGER;
/** 9999-12-31, in ms since the epoch. */
const MAX_TIME = 253_402_300_799_999;
/** Tolerance for a document from a machine whose clock is ahead, in ms. */
const CLOCK_AHEAD_MS = 86_400_000;

/** Gets the new session's id, which only the importer knows. */
export type DocumentEvent = WithoutSession<SessionEvent>;
type WithoutSession<Event> = Event extends SessionEvent ? Omit<Event, "sessionId"> : never;

const { session: Head, tasks: Tasks, events: Events } = SessionDocument.shape;

/** Checks that a document could have come from a live session, event by event; memory is bounded by what is open. */
export class DocumentRules {
  readonly #latest: number;
  readonly #taskIds = new Set<string>();
  readonly #submitted = new Set<string>();
  readonly #openTasks = new Set<string>();
  readonly #openCalls = new OpenTexts();
  readonly #openSetups = new OpenTexts();
  readonly #openBlocks = new OpenTexts();
  #lastSeq = 0;

  /** @param now integer ms since the epoch. */
  constructor(now: number) {
    this.#latest = now + CLOCK_AHEAD_MS;
  }

  head(value: unknown): SessionDocument["session"] {
    const head = parse(Head, value, "session");
    for (const name of ["createdAt", "updatedAt"] as const) this.#time(head[name], `session.${name}`);
    return head;
  }

  /** Rows follow from the events; refuse what rows can't represent. */
  task(value: unknown, index: number): void {
    const { id, pos, createdAt, startedAt, endedAt } = parse(Tasks.element, value, `tasks[${index}]`);
    if (this.#taskIds.has(id)) throw new DocumentRefused(`tasks[${index}] has the id of an earlier one`);
    if (this.#taskIds.size === MAX_TASKS) throw new DocumentRefused(`There are more than ${MAX_TASKS} tasks`);
    this.#taskIds.add(id);
    if (Math.abs(pos) > MAX_SEQ) throw new DocumentRefused(`tasks[${index}].pos is out of bounds`);
    for (const time of [createdAt, startedAt, endedAt]) this.#time(time ?? 0, `tasks[${index}]: a time`);
  }

  event(value: unknown, index: number): DocumentEvent {
    const { seq, taskId, at, type, data } = parse(Events.element, value, `events[${index}]`);
    const where = `events: seq ${seq}`;
    if (seq > MAX_SEQ) throw new DocumentRefused(`events[${index}]: seq may be ${MAX_SEQ} at most`);
    if (seq <= this.#lastSeq) {
      throw new DocumentRefused(`${where} follows seq ${this.#lastSeq}; they must increase`);
    }
    this.#lastSeq = seq;
    this.#time(at, `${where}: at`);
    if (!(EVENT_TYPES as string[]).includes(type))
      throw new DocumentRefused(`${where} has the unknown type '${type}'`);
    try {
      parseEventData(type as EventType, data);
    } catch (cause) {
      throw new DocumentRefused(`${where} is not what a ${type} carries`, { cause });
    }
    if (lengthOfTexts(data) > MAX_EVENT_TEXT) {
      throw new DocumentRefused(`${where} has more than ${MAX_EVENT_TEXT} characters of text`);
    }
    assertNumbers(data, where);
    const event = { seq, taskId, at, type, data } as DocumentEvent;
    this.#follow(event, where);
    return event;
  }

  #follow({ taskId, type, data }: DocumentEvent, where: string): void {
    switch (type) {
      case "text.delta":
      case "reasoning.delta":
        this.#openBlocks.begin(data.blockId);
        if (this.#openBlocks.add(data.blockId, data.text.length, MAX_EVENT_TEXT) > MAX_EVENT_TEXT) {
          throw new DocumentRefused(`${where}: its block has more than ${MAX_EVENT_TEXT} characters`);
        }
        break;
      case "text.ended":
      case "reasoning.ended":
        this.#openBlocks.end(data.blockId);
        break;
      case "tool.called":
        this.#openCalls.begin(data.callId);
        break;
      case "tool.progress":
        this.#openCalls.add(data.callId, data.chunk.length, MAX_KEPT_OUTPUT);
        break;
      case "tool.ended":
        this.#openCalls.end(data.callId);
        break;
      case "setup.started":
        this.#openSetups.begin(data.setupId);
        break;
      case "setup.progress":
        this.#openSetups.add(data.setupId, data.chunk.length, MAX_KEPT_OUTPUT);
        break;
      case "setup.ended":
        this.#openSetups.end(data.setupId);
        break;
      case "task.submitted":
        if (taskId === null) throw new DocumentRefused(`${where} submits no task`);
        if (this.#submitted.has(taskId)) throw new DocumentRefused(`${where} submits a task a second time`);
        if (this.#submitted.size === MAX_TASKS)
          throw new DocumentRefused(`There are more than ${MAX_TASKS} tasks`);
        this.#submitted.add(taskId);
        this.#openTasks.add(taskId);
        break;
      case "task.completed":
      case "task.failed":
      case "task.canceled":
      case "task.rejected":
        if (taskId !== null) this.#openTasks.delete(taskId);
        break;
      default:
    }
    const open = [this.#openBlocks, this.#openCalls, this.#openSetups];
    if (open.reduce((sum, { size }) => sum + size, this.#openTasks.size) > MAX_OPEN) {
      throw new DocumentRefused(`${where}: more than ${MAX_OPEN} blocks, calls, setups and tasks are open`);
    }
    if (open.reduce((sum, { length }) => sum + length, 0) > MAX_OPEN_TEXT) {
      throw new DocumentRefused(`${where}: what is open has more than ${MAX_OPEN_TEXT} characters of text`);
    }
  }

  #time(time: number, what: string): void {
    if (time > this.#latest) throw new DocumentRefused(`${what} is in the future`);
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [what, ...(issue?.path ?? [])].join(".");
  throw new DocumentRefused(`${path}: ${issue?.message ?? "not as the contract says"}`, {
    cause: parsed.error,
  });
}

/** Of the numbers in an object of this name. */
const MOST_WITHIN: Readonly<Record<string, number>> = { usage: MAX_COUNT, budget: MAX_LIMIT };

/** Numbers named by the contract; in model and tool output any number is fine. */
function assertNumbers(data: unknown, where: string): void {
  for (const [name, value] of Object.entries(data as Record<string, unknown>)) {
    const inner =
      Object.hasOwn(MOST_WITHIN, name) && typeof value === "object" && value !== null
        ? Object.values(value)
        : [value];
    const most = MOST_WITHIN[name] ?? (name === "until" || name.endsWith("At") ? MAX_TIME : MAX_SEQ);
    for (const number of inner) {
      if (typeof number === "number" && Math.abs(number) > most) {
        throw new DocumentRefused(`${where}: ${name} is out of bounds`);
      }
    }
  }
}

function lengthOfTexts(value: unknown): number {
  let length = 0;
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === "string") length += next.length;
    else if (typeof next === "object" && next !== null)
      for (const part of Object.values(next)) open.push(part);
  }
  return length;
}
