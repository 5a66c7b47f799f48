import { isDeepStrictEqual } from "node:util";
import {
  type EventDataOf,
  isTaskEnd,
  MAX_CARRIED_ANSWERS,
  type QuestionAnswer,
  type SessionEvent,
  type ToolCall,
} from "@trunkline/contract";
import type { Question } from "../tools/port.ts";

type Carried = NonNullable<EventDataOf<"context.compacted">["carried"]>;

/** An answer to a question of a call that a restart has cut off. */
export type CutOffAnswer = NonNullable<Carried["answers"]>[number];

interface AskedQuestion extends Question {
  /** Undefined: still open; null: it expired. */
  given?: QuestionAnswer | null;
  by: string | null;
}

interface RunningCall {
  call: ToolCall;
  taskId: string;
  /** That started it. */
  node: string | undefined;
  /** By id, in the order of asking. */
  questions: Map<string, AskedQuestion>;
}

/** What the log knows of a question that a call asks. */
export type Recalled =
  /** It was answered, and the call never got that. */
  | { type: "unheard"; answer: CutOffAnswer }
  /** It was answered, and the call may have got that. */
  | { type: "may-be-heard"; answer: CutOffAnswer }
  /** The call asked something else before. */
  | { type: "other" };

/**
 * Projects a session's events to the questions of calls that run, and to the answers of those that a restart has cut off: for
 * the same call of the same task, made again. Pure, like the transcript. An answer that the server of a call may have got
 * counts for nothing more: it may have acted on it.
 */
export class CutOffAnswers {
  readonly #running = new Map<string, RunningCall>();
  #answers: CutOffAnswer[] = [];
  #node: string | undefined;

  /** What was answered to the last question of a call that runs; `given` is null if it expired; undefined: it is open, or there is none. */
  lastAnswerTo(callId: string): { questionId: string; given: QuestionAnswer | null } | undefined {
    const [questionId, last] = [...(this.#running.get(callId)?.questions ?? [])].at(-1) ?? [];
    if (questionId === undefined || last?.given === undefined) return undefined;
    return { questionId, given: last.given };
  }

  /** @returns null: the question is new. */
  recall(callId: string, question: Question): Recalled | null {
    const running = this.#running.get(callId);
    if (running === undefined) return null;
    const former = this.#answers.filter((answer) => isOf(answer, running));
    const same = former.filter(({ text, form }) => isSame({ text, form }, question));
    const answer = same.find(({ mayBeHeard }) => !mayBeHeard) ?? same.at(-1);
    if (answer !== undefined) return { type: answer.mayBeHeard ? "may-be-heard" : "unheard", answer };
    // Said once: a call may ask several.
    return former.length > 0 && running.questions.size === 0 ? { type: "other" } : null;
  }

  /** State to hand over to a reader that starts after these events. */
  get carried(): Pick<Carried, "answers"> {
    return { answers: this.#answers.length === 0 ? undefined : this.#answers };
  }

  apply(event: SessionEvent): void {
    const { taskId } = event;
    if (taskId === null) return;
    switch (event.type) {
      case "task.started":
      case "task.resumed":
        this.#node = event.data.node;
        break;
      case "tool.called": {
        const { data: call } = event;
        this.#running.set(call.callId, { call, taskId, node: this.#node, questions: new Map() });
        break;
      }
      case "question.asked": {
        const { questionId, callId, text, form } = event.data;
        this.#running.get(callId)?.questions.set(questionId, { text, ...(form && { form }), by: null });
        break;
      }
      case "question.answered": {
        const { questionId, answer, by, repeats } = event.data;
        this.#settle(questionId, answer, by);
        this.#answers = this.#answers.filter((one) => one.questionId !== repeats);
        break;
      }
      case "question.expired":
        this.#settle(event.data.questionId, null, null);
        break;
      case "tool.ended":
        this.#end(event.data);
        break;
      case "context.compacted":
        this.#answers = [...(event.data.carried?.answers ?? [])];
        break;
      default:
        if (isTaskEnd(event)) this.#answers = this.#answers.filter((one) => one.taskId !== taskId);
    }
  }

  #settle(questionId: string, given: QuestionAnswer | null, by: string | null): void {
    for (const { questions } of this.#running.values()) {
      const asked = questions.get(questionId);
      if (asked !== undefined) questions.set(questionId, { ...asked, given, by });
    }
  }

  #end({ callId, status, unheardQuestionId }: EventDataOf<"tool.ended">): void {
    const running = this.#running.get(callId);
    this.#running.delete(callId);
    if (running === undefined) return;
    if (status !== "interrupted") {
      // What it asked before was for this, which is done.
      this.#answers = this.#answers.filter((answer) => !isOf(answer, running));
      return;
    }
    const { call, taskId, node, questions } = running;
    const isElsewhere = node !== undefined && this.#node !== undefined && node !== this.#node;
    const lastId = [...questions.keys()].at(-1);
    for (const [questionId, { text, form, given, by }] of questions) {
      if (given === undefined || given === null || by === null) continue;
      const isUnheard = questionId === (unheardQuestionId ?? (isElsewhere ? lastId : undefined));
      const asked = { questionId, tool: call.tool, input: call.input, text, form };
      this.#answers.push({ taskId, ...asked, answer: given, by, mayBeHeard: !isUnheard });
    }
    this.#answers = this.#answers.slice(-MAX_CARRIED_ANSWERS);
  }
}

/** Whether the call that the answer was for was the same. */
function isOf({ taskId, tool, input }: CutOffAnswer, { call, taskId: ofTask }: RunningCall): boolean {
  return taskId === ofTask && tool === call.tool && isDeepStrictEqual(input, call.input);
}

/** As the log tells both, where what is undefined is absent. */
function isSame(one: Pick<Question, "text"> & Partial<Question>, other: Question): boolean {
  const told = ({ text, form }: Partial<Question>): unknown => JSON.parse(JSON.stringify({ text, form }));
  return isDeepStrictEqual(told(one), told(other));
}
