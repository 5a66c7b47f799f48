import { isApiError, type TrunklineApiError, TrunklineConnectionError } from "@trunkline/client";
import type { ErrorReason } from "@trunkline/contract";
import { NoHomeError } from "@trunkline/server/find-home";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { UnansweredError } from "./messages/submit-once.ts";
import { ForeignAnswerError, SilentServerError } from "./server/checked-fetch.ts";
import { isCutOff } from "./server/cut-off.ts";

/** Ends a command early, with a message that says what to do and an exit code for scripts. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Refusals of what the command line asks for, before anything was changed. */
const USAGE_REASONS: readonly ErrorReason[] = [
  "validation_failed",
  "model_unknown",
  "agent_unknown",
  "not_found",
  "cursor_invalid",
  "payload_too_large",
];

/** Not where it could be done twice. */
const TRY_AGAIN = " Try again.";

type Hints = (...words: string[]) => string;

/** The target server, for messages. */
interface Called {
  url: string;
  /** Source of the token; null if none was sent. */
  tokenSource: string | null;
  /** Why the local token was not sent although there is one. */
  tokenKept: string | null;
}

/**
 * Explains why a call to the server failed. Anything else is a bug and rethrown.
 *
 * @param target what was called
 */
export function toCommandError(error: unknown, target: Called, command: Hints): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof NoHomeError)
    return new CommandError(EXIT.usage, `${error.message}.`, { cause: error });
  if (error instanceof UnansweredError) {
    const { exitCode, message } = toCommandError(error.cause, target, command);
    const unknown = `Whether it took the task is not known: ${command("tasks")} tells, once it answers.`;
    return new CommandError(exitCode, `${message.replace(TRY_AGAIN, "")} ${unknown}`, { cause: error });
  }
  if (isCutOff(error)) {
    const message = `The server at ${target.url} closed the connection in the middle of its answer.${TRY_AGAIN}`;
    return new CommandError(EXIT.unreachable, message, { cause: error });
  }
  if (error instanceof SilentServerError) {
    const message = `The server at ${target.url} takes connections, but answers nothing. It may hang: see its log, or restart it. Or something else is there: check the address.`;
    return new CommandError(EXIT.unreachable, message, { cause: error });
  }
  if (error instanceof ForeignAnswerError) {
    const message = `What answers at ${target.url} is not a Trunkline server, or one of a version that is too different. Check the address; the versions: ${command("doctor")}.`;
    return new CommandError(EXIT.unreachable, message, { cause: error });
  }
  if (error instanceof TrunklineConnectionError) {
    return new CommandError(EXIT.unreachable, unreachable(error, target.url, command), { cause: error });
  }
  // What listens for Ctrl-C aborts what runs.
  if (error instanceof Error && error.name === "AbortError") {
    return new CommandError(EXIT.detached, "Interrupted before it was done.", { cause: error });
  }
  if (!isApiError(error)) throw error;
  if (isApiError(error, "unauthorized")) {
    return new CommandError(EXIT.unreachable, unauthorized(target), { cause: error });
  }
  if (isApiError(error, "forbidden") || isApiError(error, "unavailable")) {
    return new CommandError(EXIT.unreachable, `${target.url} refused: ${error.message}`, { cause: error });
  }
  if (isApiError(error, "session_archived")) {
    const [sessionId = "SESSION"] = /[\da-f-]{36}/.exec(error.message) ?? [];
    const bringBack = command("archive", sessionId, "--undo");
    const message = `The session is archived, so it takes no tasks. Bring it back: ${bringBack}`;
    return new CommandError(EXIT.failed, message, { cause: error });
  }
  const usage = USAGE_REASONS.includes(error.reason);
  return new CommandError(usage ? EXIT.usage : EXIT.failed, refusal(error), { cause: error });
}

/** The server names API fields; translate them to option names. */
const OPTION_NAMES: readonly (readonly [RegExp, string])[] = [
  [/\bwhenBusy '?(\w+)'?(?: or '?(\w+)'?)?/g, "--when-busy $1 or $2"],
  [/\bpublish it as 'local' or as a patch\b/g, "use --local or --patch"],
  [/\bunshown: true\b/g, "--unshown"],
  [/\batSeq\b/g, "--at"],
  [/\bbeforeTaskId\b/g, "--before"],
];

function refusal({ message, issues }: TrunklineApiError): string {
  const [issue] = issues;
  const text = issue === undefined ? message : `${issue.path.join(".")}: ${issue.message}`.replace(/^: /, "");
  const named = OPTION_NAMES.reduce((result, [pattern, name]) => result.replaceAll(pattern, name), text);
  return /[.!?]$/.test(named) ? named : `${named}.`;
}

function unreachable({ message }: TrunklineConnectionError, url: string, command: Hints): string {
  const { protocol, hostname } = new URL(url);
  if (/ECONNREFUSED|ENOENT/.test(message)) {
    return `No server answers at ${url}. Start one: ${command("serve", "-d")}. Another server: --url URL.`;
  }
  if (/unexpected redirect/.test(message)) {
    return `${url} redirects elsewhere, which is not followed. If it leads to your server, name that address: --url URL.`;
  }
  if (/ENOTFOUND|EAI_AGAIN/.test(message))
    return `There is no host called ${hostname}. Check the address: ${url}`;
  if (/\bbad port\b/.test(message)) {
    return `Port ${new URL(url).port} belongs to another service, so fetch refuses to use it (the Fetch standard's "bad port"). Check the address: ${url}`;
  }
  if (/ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH/.test(message)) {
    return `${url} can't be reached. Check the address and the network.`;
  }
  if (protocol === "https:" && /record_header|wrong version number|packet length too long/i.test(message)) {
    return `That server speaks HTTP, not HTTPS. Try ${url.replace(/^https/, "http")}.`;
  }
  if (/certificate|CERT_/i.test(message)) {
    return `The certificate of ${hostname} can't be verified (${message}). NODE_EXTRA_CA_CERTS names a file with your own authority.`;
  }
  if (/not (?:a|from a) Trunkline server/.test(message))
    return `The server at ${url} is not a Trunkline server. Check the address.`;
  if (/other side closed|socket hang up|ECONNRESET|terminated|Parse Error|HPE_/i.test(message)) {
    return `The server at ${url} closed the connection without an answer. Check that the address is a Trunkline server's.`;
  }
  return `The server at ${url} can't be reached: ${message}.`;
}

function unauthorized({ url, tokenSource, tokenKept }: Called): string {
  if (tokenSource !== null) return `${url} does not accept the token of ${tokenSource}.`;
  const kept = tokenKept === null ? "" : ` The local token was not sent, because ${tokenKept}.`;
  return `${url} requires a token: --token-file PATH or TRUNKLINE_TOKEN.${kept}`;
}
