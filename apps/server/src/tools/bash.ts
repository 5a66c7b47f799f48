import type { ToolEffect } from "@trunkline/contract";
import { z } from "zod";
import { HeadTailBuffer } from "./head-tail-buffer.ts";
import { readOutputText } from "./output-text.ts";
import type { Spawner, Tool, ToolContext, ToolResult } from "./port.ts";
import { RedactedBytes } from "./redacted-bytes.ts";
import type { Redactor } from "../secrets/port.ts";
import type { NetworkMode, Networks } from "../network/port.ts";
import { type Ending, waitForEnding } from "./process/wait-for-ending.ts";
import { ProgressFeed } from "./progress-feed.ts";
import { SHELL_ENVIRONMENT } from "./shell-environment.ts";

const DEFAULT_TIMEOUT_SECONDS = 120;
const MAX_TIMEOUT_SECONDS = 1_800;

/** Bytes of output to keep from the start and from the end, which most often says what went wrong. */
const HEAD_BYTES = 16_384;
const TAIL_BYTES = 49_152;

const BashInput = z.strictObject({
  command: z
    .string()
    .min(1)
    .max(100_000)
    .refine(hasNoNul, "A command cannot hold a NUL")
    .describe("The command line for bash"),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(MAX_TIMEOUT_SECONDS)
    .optional()
    .describe(`Ends the command after this time; default ${DEFAULT_TIMEOUT_SECONDS}`),
});
type BashInput = z.infer<typeof BashInput>;

export interface BashDeps {
  spawner: Spawner;
  /** The part of the server's environment that commands may see: search path and language, never a secret. */
  environment: Readonly<Record<string, string>>;
  redactor: Redactor;
  networks: Networks;
}

/**
 * On the bare machine the operator answers for commands, so what they read counts as trusted; a sandbox with network is
 * there to keep untrusted text apart (docs/decisions/012-what-needs-an-approval.md). Hosts on a list were allowed by
 * somebody, each (docs/decisions/039-a-list-of-hosts-is-an-answer.md).
 */
const SANDBOXED_EFFECTS: Readonly<Record<NetworkMode, readonly ToolEffect[]>> = {
  off: ["changes-workspace"],
  allowlist: ["changes-workspace", "reads-untrusted"],
  on: ["changes-workspace", "egress", "reads-untrusted"],
};
const BARE_EFFECTS: readonly ToolEffect[] = ["changes-workspace", "egress", "writes-outside"];

/** @param mode what the session's commands can reach. */
export function createBashTool(deps: BashDeps, mode: NetworkMode): Tool<BashInput> {
  return {
    name: "bash",
    description:
      "Runs a shell command with bash in the workspace and returns its output (stdout and stderr together) and its exit " +
      "code. There is no terminal and no input: interactive programs, prompts and editors do not work. Everything the " +
      "command starts ends with it, background processes too. The middle of a long output is omitted.",
    inputSchema: BashInput,
    kind: "execute",
    title: ({ command }) => command,
    effects: deps.spawner.isSandboxed ? SANDBOXED_EFFECTS[mode] : BARE_EFFECTS,
    execute: (input, context) => runBash(deps, input, context),
  };
}

async function runBash(
  { spawner, environment, redactor, networks }: BashDeps,
  input: BashInput,
  context: ToolContext,
): Promise<ToolResult> {
  const { workspace, sessionId, ownerId, signal } = context;
  const timeoutSeconds = input.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const kept = new HeadTailBuffer(HEAD_BYTES, TAIL_BYTES);
  const feed = new ProgressFeed((chunk) => context.progress(chunk));
  const redacted = new RedactedBytes(redactor.stream());
  const take = (bytes: Uint8Array): Promise<void> | undefined => {
    kept.push(bytes);
    return feed.push(bytes);
  };
  await using network = await networks.open({ sessionId, ownerId, onRefused: context.refused });
  const running = await spawner.spawn({
    argv: ["bash", "--noprofile", "--norc", "-c", input.command],
    cwd: workspace,
    environment: { ...environment, ...SHELL_ENVIRONMENT, HOME: workspace, PWD: workspace },
    onOutput: (bytes) => take(redacted.push(bytes)),
    network: network.access,
  });
  const stop = AbortSignal.any([signal, feed.failed]);
  const ending = await waitForEnding(running, timeoutSeconds * 1_000, stop);
  const survivors = await running.end();
  await take(redacted.end());
  await feed.finish();
  return describe(ending, readOutputText(kept), {
    timeoutSeconds,
    survivors,
    limitReached: running.limitReached,
    networkNote: network.note(),
  });
}

function describe(
  ending: Ending,
  { text, omittedBytes }: { text: string; omittedBytes: number },
  {
    timeoutSeconds,
    survivors,
    limitReached,
    networkNote,
  }: {
    timeoutSeconds: number;
    survivors: readonly number[];
    limitReached: string | null;
    networkNote: string | null;
  },
): ToolResult {
  const notes: string[] = limitReached === null ? [] : [`[limit: ${limitReached}]`];
  if (ending.type === "timeout") {
    notes.push(`[timed out after ${timeoutSeconds} s: stopped, with everything it had started]`);
  } else if (ending.type === "aborted") {
    notes.push("[stopped before it finished]");
  } else if (ending.signal !== null) {
    notes.push(`[ended by ${ending.signal}]`);
  }
  if (networkNote !== null) notes.push(`[network: ${networkNote}]`);
  if (survivors.length > 0) notes.push(`[could not end these processes: ${survivors.join(", ")}]`);
  const output =
    notes.length === 0 ? text : [text.trimEnd(), ...notes].filter((part) => part !== "").join("\n");
  const exitCode = ending.type === "exited" ? ending.code : null;
  return {
    status: exitCode === 0 && limitReached === null ? "succeeded" : "failed",
    output,
    exitCode,
    omittedBytes: omittedBytes > 0 ? omittedBytes : undefined,
  };
}

function hasNoNul(text: string): boolean {
  return !text.includes("\0");
}
