import {
  isTerminalTaskState,
  type SessionDocument,
  type SessionEvent,
  type ToolCall,
} from "@trunkline/contract";
import { plainText } from "../terminal/plain-text.ts";
import { callSection, fileChangeLine } from "./markdown-call.ts";
import { codeSpan } from "./markdown-code.ts";

/**
 * Puts a session into words that people read: its prompts, each where its task began, the answers, and the tool calls
 * with what they gave. What the model thought to itself and what only programs need is left out.
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
      // One that is denied has no other beginning than the question.
      calls.set(event.data.callId, event.data);
    } else if (event.type === "tool.ended") {
      sections.push(callSection(calls.get(event.data.callId) ?? null, event.data));
    } else {
      // A prompt stands where its turn came, whenever it was submitted.
      if (event.type.startsWith("task.")) showPrompt(event.taskId);
      sections.push(...sectionsOf(event));
    }
  }
  for (const task of tasks.filter(({ state }) => !isTerminalTaskState(state))) {
    showPrompt(task.id);
    sections.push(`_Not ended when this was written: ${task.state}._`);
  }
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

/** The events of a document are the session's own, without saying of which. */
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
      return [`_Answered: ${event.data.decision}, by ${codeSpan(event.data.by)}._`];
    case "approval.expired":
      return ["_Nobody answered in time._"];
    case "task.interrupted":
      return [`_Interrupted (${event.data.reason}); it went on by itself._`];
    case "task.failed":
      return [`**Failed:** ${heading(event.data.error.message)}`];
    case "task.canceled":
      return [`_Canceled (${event.data.reason})._`];
    case "task.rejected":
      return [`_Rejected (${event.data.reason})._`];
    case "context.compacted":
      return ["_The conversation was summarised to make room._"];
    case "notice":
      return [`> ${heading(event.data.message)}`];
    default:
      return [];
  }
}

/** On one line, as a heading or an item of a list has to be. */
function heading(text: string): string {
  return plainText(text).replaceAll(/\s+/g, " ").trim();
}
