import type { Logger } from "pino";
import type { Log } from "../../log/port.ts";
import type { OutboxConsumer } from "../../outbox/port.ts";
import {
  GuardFailedError,
  type OutboxEntry,
  type Store,
  type StoredSession,
  type StoredTask,
} from "../../store/port.ts";
import type { Budgets, Prices } from "../../usage/port.ts";
import { callForText } from "../call-for-text.ts";
import { DEMO_MODEL_NAME } from "../models/demo/demo-model.ts";
import { nearestEffort } from "../models/nearest-effort.ts";
import type { ModelRegistry, ResolvedModel } from "../port.ts";
import { titleIn, titleRequest, TITLE_PROMPT } from "./title-text.ts";

/** Calls for titles at once. */
const AT_ONCE = 4;
const LONGEST_MS = 60_000;
/** With what a model thinks before it answers. */
const MAX_OUTPUT_TOKENS = 1_000;

export interface TitleDeps {
  /** `off`; `session`: the session's own model; else the name of a model. */
  writer: string;
  store: Pick<Store, "sessions" | "tasks" | "events">;
  append: Log["append"];
  models: Pick<ModelRegistry, "defaultModel" | "forUser">;
  budgets: Pick<Budgets, "uses">;
  prices: Prices;
  logger: Logger;
  now: () => number;
}

interface Asked {
  session: StoredSession;
  task: StoredTask;
  model: ResolvedModel;
}

/**
 * Has a model write the title of a session once the first of its tasks has an answer. What it is asked for is in the log
 * before it is asked, so nobody pays twice, whoever crashes; then the title stays as it is. The task has ended by then.
 */
export class SessionTitles {
  readonly #deps: TitleDeps;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(deps: TitleDeps) {
    this.#deps = deps;
  }

  /** Where titles are off, too: a cursor that stood still would keep all entries behind it. */
  consumer(): OutboxConsumer {
    const types = this.#deps.writer === "off" ? [] : (["task.completed"] as const);
    return {
      name: "titles",
      types,
      handle: async (entries, signal) => {
        const aborted = new Promise<void>((resolve) => {
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
        for (const entry of entries) {
          signal.throwIfAborted();
          while (this.#running.size >= AT_ONCE && !signal.aborted) {
            await Promise.race([...this.#running, aborted]);
          }
          signal.throwIfAborted();
          const asked = await this.#claim(entry, signal);
          if (asked !== null) this.#start(asked);
        }
      },
    };
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#running);
  }

  /** @returns null if the session needs no title, has been given one, or may not spend anything for it */
  async #claim({ sessionId, seq }: OutboxEntry, signal: AbortSignal): Promise<Asked | null> {
    const { store, append } = this.#deps;
    const task = await this.#completed(sessionId, seq);
    if (task === undefined) return null;
    const session = await store.sessions.find(task.ownerId, sessionId);
    if (session === undefined || !(await this.#isUntitled(session))) return null;
    const model = await this.#modelFor(session, task);
    if (model === null || !(await this.#maySpend(session, task, model))) return null;
    signal.throwIfAborted();
    const data = { ofTaskId: task.id, model: model.name };
    try {
      await append(sessionId, [{ taskId: null, type: "title.requested", data }], {
        expect: { ownerId: task.ownerId, title: session.title },
      });
    } catch (error) {
      // Renamed or deleted meanwhile.
      if (error instanceof GuardFailedError) return null;
      throw error;
    }
    return { session, task, model };
  }

  async #completed(sessionId: string, seq: number): Promise<StoredTask | undefined> {
    const { events, tasks } = this.#deps.store;
    const page = await events.page(sessionId, { after: seq - 1, limit: 1 });
    const event = page.events[0];
    if (event?.type !== "task.completed" || event.taskId === null) return undefined;
    return tasks.get(event.taskId);
  }

  /** Nobody named it, and no model was asked to. Forks, imports and subagents come with a title. */
  async #isUntitled(session: StoredSession): Promise<boolean> {
    const { events } = this.#deps.store;
    if (session.parentId !== null || session.parent !== undefined || session.importedSeq > 0) return false;
    const { events: beginning } = await events.page(session.id, { limit: 1, after: 0 });
    const created = beginning[0];
    if (created?.type !== "session.created" || created.data.isTitleGiven) return false;
    if (created.data.title !== session.title) return false;
    for await (const event of events.ofTypes(session.id, ["title.requested", "session.updated"])) {
      if (event.type === "title.requested" || event.data.title !== undefined) return false;
    }
    return true;
  }

  async #modelFor(session: StoredSession, task: StoredTask): Promise<ResolvedModel | null> {
    const { writer, models, logger } = this.#deps;
    const isOthers = (task.agent ?? session.agent).startsWith("acp:");
    // Another agent's model is its own affair.
    if (writer === "session" && isOthers) return null;
    const name = writer === "session" ? (task.model ?? session.model ?? models.defaultModel) : writer;
    if (name === DEMO_MODEL_NAME) return null;
    try {
      return await models.forUser(name, task.ownerId);
    } catch (error) {
      logger.debug({ err: error, sessionId: session.id }, "no model to write a title");
      return null;
    }
  }

  /** One small call is not reserved; where a budget is used up, or money is limited and the price unknown, there is none. */
  async #maySpend(session: StoredSession, task: StoredTask, model: ResolvedModel): Promise<boolean> {
    const { budgets, prices, now } = this.#deps;
    const uses = await budgets.uses(
      {
        taskId: task.id,
        sessionId: session.id,
        ownerId: task.ownerId,
        projectId: session.projectId,
        parentTaskId: null,
        budget: {},
      },
      { steps: 0, tokens: 0, workedMs: 0, costUsd: 0 },
    );
    if (uses.some(({ use }) => use.spent >= use.limit)) return false;
    if (!uses.some(({ use }) => use.budget === "cost")) return true;
    const { costUsd = null } = await prices.price(model, { inputTokens: 1, outputTokens: 1 }, now());
    return costUsd !== null;
  }

  #start(asked: Asked): void {
    const writing = this.#write(asked)
      .catch((error: unknown) => {
        if (this.#stop.signal.aborted) return;
        this.#deps.logger.info({ err: error, sessionId: asked.session.id }, "a session keeps its title");
      })
      .finally(() => this.#running.delete(writing));
    this.#running.add(writing);
  }

  async #write({ session, task, model }: Asked): Promise<void> {
    const { append, prices, now } = this.#deps;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(LONGEST_MS)]);
    const answer = await callForText(
      { model, signal },
      {
        system: TITLE_PROMPT,
        text: titleRequest({ prompt: task.prompt, answer: task.result ?? "" }),
        maxOutputTokens: MAX_OUTPUT_TOKENS,
        // Where it is unknown what the model has, it is not asked for any.
        effort: model.efforts && nearestEffort("none", model.efforts),
      },
    );
    const usage = await prices.price(model, answer.usage, now());
    const generated = { ofTaskId: task.id, model: model.name, usage };
    const title = titleIn(answer.text);
    const update = (data: { title?: string }) =>
      ({ taskId: null, type: "session.updated", data: { ...data, generated } }) as const;
    const expect = { ownerId: task.ownerId };
    try {
      const events = [update(title === null ? {} : { title })];
      await append(session.id, events, { expect: { ...expect, title: session.title } });
    } catch (error) {
      if (!(error instanceof GuardFailedError) || error.guard !== "title") throw error;
      // Its user was faster; it is paid for all the same.
      await append(session.id, [update({})], { expect });
    }
  }
}
