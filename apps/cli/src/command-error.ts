import { isApiError, TrunklineConnectionError } from "@trunkline/client";
import type { ErrorReason } from "@trunkline/contract";
import { EXIT, type ExitCode } from "./exit-code.ts";

/** Why a command ends early: one sentence for the person, who learns what to do, and a code for the script. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Refusals that the caller's own words caused. */
const USAGE_REASONS: readonly ErrorReason[] = [
  "validation_failed",
  "model_unknown",
  "not_found",
  "cursor_invalid",
  "payload_too_large",
];

/**
 * Puts what a call to the server threw into words. What is no failure of the call is thrown again, as it is a bug.
 *
 * @param target what was called, for the message
 */
export function toCommandError(
  error: unknown,
  target: { url: string; tokenSource: string | null },
): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof TrunklineConnectionError) {
    return new CommandError(EXIT.unreachable, unreachable(error, target.url), { cause: error });
  }
  if (!isApiError(error)) throw error;
  if (isApiError(error, "unauthorized")) {
    return new CommandError(EXIT.unreachable, unauthorized(target), { cause: error });
  }
  if (isApiError(error, "forbidden") || isApiError(error, "unavailable")) {
    return new CommandError(EXIT.unreachable, `${target.url} refuses: ${error.message}`, { cause: error });
  }
  const usage = USAGE_REASONS.includes(error.reason);
  return new CommandError(usage ? EXIT.usage : EXIT.failed, error.message, { cause: error });
}

function unreachable(error: TrunklineConnectionError, url: string): string {
  const nobody = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENOENT/.test(error.message);
  const what = nobody
    ? `No server answers at ${url}`
    : `${url} does not answer as it should (${error.message})`;
  return `${what}. Start one with \`trunkline serve\`, or name another with --url.`;
}

function unauthorized({ url, tokenSource }: { url: string; tokenSource: string | null }): string {
  return tokenSource === null
    ? `${url} asks for a token: give one with --token-file or TRUNKLINE_TOKEN.`
    : `${url} does not accept the token of ${tokenSource}.`;
}
