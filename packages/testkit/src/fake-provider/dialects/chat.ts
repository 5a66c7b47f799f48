import { StreamedAnswer } from "../streamed-answer.ts";
import { WholeAnswer } from "../whole-answer.ts";
import type { Dialect } from "./dialect.ts";

/** OpenAI's chat completions, which many servers speak. */
export const chatDialect: Dialect = {
  match(method, path) {
    if (method !== "POST" || path !== "/v1/chat/completions") return null;
    return {
      toChat: (sent) => sent,
      answer(body, { model, stream, stream_options: options }, callNumber) {
        const id = `chatcmpl-${String(callNumber).padStart(6, "0")}`;
        const head = { id, model, includeUsage: options?.include_usage === true };
        return stream === true ? new StreamedAnswer(body, head) : new WholeAnswer(body, head);
      },
    };
  },
};
