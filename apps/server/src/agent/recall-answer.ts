import type { QuestionAnswer } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { Question } from "../tools/port.ts";
import type { RunState } from "./run-state.ts";

/**
 * A call that a restart had cut off is made again, and asks again: what its user has answered already is its answer, which the
 * log tells. Where it can't be, the log says why the user is asked again.
 * @returns null: the user has to be asked.
 */
export async function recallAnswer(
  state: Pick<RunState, "cutOffAnswers" | "record">,
  callId: string,
  question: Question,
): Promise<QuestionAnswer | null> {
  const recalled = state.cutOffAnswers.recall(callId, question);
  if (recalled === null) return null;
  if (recalled.type !== "unheard") {
    const message = recalled.type === "other" ? ASKS_OTHERWISE : MAY_BE_HEARD;
    await state.record({ type: "notice", data: { level: "info", message } });
    return null;
  }
  const { questionId: repeats, answer, by } = recalled.answer;
  const questionId = uuidv7();
  await state.record(
    { type: "question.asked", data: { questionId, callId, ...question } },
    { type: "question.answered", data: { questionId, answer, by, repeats } },
  );
  return answer;
}

const ASKS_OTHERWISE =
  "Before the restart, this call asked something else. The answer that it had then does not fit, so you are asked again";
const MAY_BE_HEARD =
  "You answered this before the restart. The call may have got that answer and acted on it, so you are asked again";
