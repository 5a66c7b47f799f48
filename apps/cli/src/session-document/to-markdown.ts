import {
  type EventDataOf,
  isTerminalTaskState,
  type SessionDocument,
  type SessionEvent,
  type ToolCall,
} from "@trunkline/contract";
import { plainText } from "../terminal/plain-text.ts";
import { describeDecision, describeReason } from "../transcript/task-reason.ts";
import { callSection, fileChangeLine } from "./markdown-call.ts";
import { codeSpan } from "./markdown-code.ts";
import { describeAnswer } from "../approvals/chosen-options.ts";

/**
 * Renders a session for reading: prompts where their tasks started, answers, and tool calls with their output. Omits
 * reasoning and bookkeeping.
 */
export function toMarkdown({ session, tasks, events }: SessionDocument): string {
  const sections = [`# ${heading(session.title)}`, `Started ${new Date(session.createdAt).toISOString()}`];
  const prompts = new Map<string, string>();
  const calls = new Map<string, ToolCall>();

  const showPrompt = (taskId: string | null): void => {
    const prompt = taskId === null ? undefined : prompts.get(taskId);
    if (taskId === null || prompt === undefined) return;
    prompts.delete(taskId);
    sections.push("## User", plainText(prompt).trim(), "## Assistant");
  };

  for (const event of events.map(asSessionEvent)) {
    if (event.type === "task.submitted" && event.taskId !== null) {
      prompts.set(event.taskId, event.data.prompt);
    } else if (event.type === "task.updated" && event.taskId !== null) {
      if (event.data.prompt !== undefined) prompts.set(event.taskId, event.data.prompt);
    } else if (event.type === "tool.called" || event.type === "approval.requested") {
      // A denied call has no other start.
      calls.set(event.data.callId, event.data);
    } else if (event.type === "tool.ended") {
      sections.push(callSection(calls.get(event.data.callId) ?? null, event.data));
    } else {
      // A prompt appears where its task started, whenever it was submitted.
      if (event.type.startsWith("task.")) showPrompt(event.taskId);
      sections.push(...sectionsOf(event));
    }
  }
  for (const task of tasks.filter(({ state }) => !isTerminalTaskState(state))) {
    showPrompt(task.id);
    sections.push(`_Not finished when this was exported: ${task.state}._`);
  }
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** Events in a document carry no session id. */
function asSessionEvent(event: SessionDocument["events"][number]): SessionEvent {
  return { ...event, sessionId: "" } as SessionEvent;
}

function sectionsOf(event: SessionEvent): string[] {
  switch (event.type) {
    case "text.ended":
      return [plainText(event.data.text).trim()];
    case "file.changed":
      return [fileChangeLine(event.data)];
    case "plan.updated":
      return [
        event.data.items
          .map(
            ({ text, status }) =>
              `- [${status === "done" ? "x" : " "}] ${heading(text)}${status === "active" ? " (now)" : ""}`,
          )
          .join("\n"),
      ];
    case "approval.answered":
      return [answerLine(event.data)];
    case "question.asked":
      return [plainText(event.data.text).trim(), ...optionList(event.data)];
    case "question.answered": {
      const answer = describeAnswer(event.data.answer, []);
      const when = event.data.repeats === undefined ? "" : " before the restart";
      return [`_Answered by ${codeSpan(event.data.by)}${when}:_ ${heading(answer)}`];
    }
    case "approval.expired":
    case "question.expired":
      return ["_Timed out: nobody answered._"];
    case "task.interrupted":
      return [`_Interrupted: ${describeReason(event.data.reason)}. The task resumed by itself._`];
    case "task.failed":
      return [`**Failed:** ${heading(event.data.error.message)}`];
    case "task.canceled":
      return [`_Canceled: ${describeReason(event.data.reason)}._`];
    case "task.rejected":
      return [`_Rejected: ${describeReason(event.data.reason)}._`];
    case "context.compacted":
      return ["_Older messages were summarized to make room._"];
    case "notice":
      return [`> ${heading(event.data.message)}`];
    default:
      return [];
  }
}

function answerLine({ decision, by, note }: EventDataOf<"approval.answered">): string {
  const done = describeDecision(decision);
  return note === undefined
    ? `_${done} by ${codeSpan(by)}._`
    : `_${done} by ${codeSpan(by)}:_ ${heading(note)}`;
}

function optionList({ options = [] }: EventDataOf<"question.asked">): string[] {
  return options.length === 0 ? [] : [options.map(({ label }) => `- ${heading(label)}`).join("\n")];
}

/** On one line, as headings and list items require. */
function heading(text: string): string {
  return plainText(text).replaceAll(/\s+/g, " ").trim();
}
