import type { EventBody, EventDataOf } from "../event.ts";
import { OpenRequests } from "./open-requests.ts";

/** What became of a question: somebody's answer, or nobody's in time. */
export interface QuestionSettlement {
  /** The question's. */
  id: string;
  state: "answered" | "expired";
  answer: EventDataOf<"question.answered">["answer"] | null;
  /** Who answered, in words; null: nobody did. */
  by: string | null;
}

/** @returns the answer, or the expiry, that the event tells; null for every other event. */
export function questionSettledBy(event: EventBody): QuestionSettlement | null {
  if (event.type === "question.expired") {
    return { id: event.data.questionId, state: "expired", answer: null, by: null };
  }
  if (event.type !== "question.answered") return null;
  const { questionId, answer, by } = event.data;
  return { id: questionId, state: "answered", answer, by };
}

/** The questions that a session's events leave open. */
export class OpenQuestions extends OpenRequests<EventDataOf<"question.asked">, QuestionSettlement> {
  constructor() {
    super({
      requestedBy: (event) =>
        event.type === "question.asked" ? { id: event.data.questionId, request: event.data } : null,
      settledBy: questionSettledBy,
    });
  }
}
