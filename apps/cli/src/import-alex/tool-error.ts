/** Errors of failed calls: Go's error interface marshals to `{}` unless handled specially. */
export interface ToolError {
  /** Empty if the message was lost. */
  message: string;
}

/** @returns null if the call did not fail: no error, or Go's empty string. */
export function readToolError(error: unknown): ToolError | null {
  if (error === undefined || error === null || error === "" || error === false) return null;
  if (typeof error === "string") return { message: error };
  if (typeof error !== "object") return { message: JSON.stringify(error) };
  const { message, error: inner } = error as { message?: unknown; error?: unknown };
  if (typeof message === "string" && message !== "") return { message };
  const nested = readToolError(inner);
  if (nested !== null) return nested;
  const isEmpty = Object.keys(error).every((key) => key === "message" || key === "error");
  return { message: isEmpty ? "" : JSON.stringify(error) };
}

export const LOST_ERROR_MESSAGE = "[failed; alex did not record why]";

/** What the model saw of a call: its output, plus the error if the output does not mention it. */
export function outputOf(content: string, error: ToolError | null): string {
  if (error === null) return content;
  if (error.message === "") return content === "" ? LOST_ERROR_MESSAGE : content;
  if (content === "" || content.includes(error.message)) return content || error.message;
  return `${content.trimEnd()}\n${error.message}`;
}
