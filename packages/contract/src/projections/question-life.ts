import type { EventBody, EventDataOf } from "../event.ts";
import { OpenRequests } from "./open-requests.ts";

/** Outcome of a question: an answer, or an expiry. */
export interface QuestionSettlement {
  /** The question's id. */
  id: string;
  state: "answered" | "expired";
  answer: EventDataOf<"question.answered">["answer"] | null;
  /** Name of who answered; null: nobody did. */
  by: string | null;
}

/** @returns the answer or expiry in the event; null for any other event. */
export function questionSettledBy(event: EventBody): QuestionSettlement | null {
  if (event.type === "question.expired") {
    return { id: event.data.questionId, state: "expired", answer: null, by: null };
  }
  if (event.type !== "question.answered") return null;
  const { questionId, answer, by } = event.data;
  return { id: questionId, state: "answered", answer, by };
}

/** The open questions of a session, from its events. */
export class OpenQuestions extends OpenRequests<EventDataOf<"question.asked">, QuestionSettlement> {
  constructor() {
    super({
      requestedBy: (event) =>
        event.type === "question.asked" ? { id: event.data.questionId, request: event.data } : null,
      settledBy: questionSettledBy,
    });
  }
}
