import type { SubmitTaskInput } from "@trunkline/contract";

/** What a line means that was typed while watching a session. */
export type TypedLine =
  | { kind: "message"; text: string; whenBusy: SubmitTaskInput["whenBusy"] }
  | { kind: "stop" }
  | { kind: "help" }
  | { kind: "nothing" }
  /** Not sent; why. */
  | { kind: "refused"; why: string };

/** Answers to a prompt that is not there, typed too early or too late. */
const ANSWER = /^(?:y|yes|n|no|a|always)$/i;

const SENDING = { "/steer": "steer", "/now": "interrupt" } as const;

export const TYPING_HELP = `TEXT         queue a message: it runs after this task
/steer TEXT  the running task hears it after its current tool call
/now TEXT    stop the running task, then run this
/stop        stop the running task (Ctrl-X)
//TEXT       a message that begins with a slash
Ctrl-C       stop watching; the session keeps running
`;

export function readTypedLine(line: string): TypedLine {
  const text = line.trim();
  if (text === "") return { kind: "nothing" };
  if (ANSWER.test(text)) return { kind: "refused", why: "nothing is being asked" };
  if (text.startsWith("//")) return { kind: "message", text: text.slice(1), whenBusy: "enqueue" };
  if (!text.startsWith("/")) return { kind: "message", text, whenBusy: "enqueue" };
  const [command = ""] = text.split(/\s/, 1);
  const rest = text.slice(command.length).trim();
  if (command === "/stop" && rest === "") return { kind: "stop" };
  if (command === "/help") return { kind: "help" };
  if (command === "/steer" || command === "/now") {
    return rest === ""
      ? { kind: "refused", why: `type the message behind ${command}` }
      : { kind: "message", text: rest, whenBusy: SENDING[command] };
  }
  return { kind: "refused", why: `there is no ${command}; see /help` };
}
