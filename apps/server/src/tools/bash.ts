import type { BlobRef, ToolEffect } from "@trunkline/contract";
import { z } from "zod";
import type { BackgroundProcesses } from "./background/task-processes.ts";
import { HeadTailBuffer } from "../common/head-tail-buffer.ts";
import { type KeptOutputs, outputId } from "./output/kept-outputs.ts";
import { readOutputText } from "./output-text.ts";
import type { Spawner, Tool, ToolContext, ToolResult } from "./port.ts";
import { RedactedBytes } from "./redacted-bytes.ts";
import type { Redactor } from "../secrets/port.ts";
import type { NetworkMode, Networks } from "../network/port.ts";
import { type Ending, waitForEnding } from "./process/wait-for-ending.ts";
import { ProgressFeed } from "./progress-feed.ts";
import { SHELL_ENVIRONMENT } from "./shell-environment.ts";

export const DEFAULT_TIMEOUT_SECONDS = 120;
export const MAX_TIMEOUT_SECONDS = 1_800;

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
  background: z
    .boolean()
    .optional()
    .describe(
      "Returns at once and lets the command run on, such as a server or a watcher: see processes; default false",
    ),
});
type BashInput = z.infer<typeof BashInput>;

export interface BashDeps {
  spawner: Spawner;
  /** The part of the server's environment that commands may see: search path and language, never a secret. */
  environment: Readonly<Record<string, string>>;
  redactor: Redactor;
  networks: Networks;
  /** Keeps outputs that are too long for the log. Absent: their middle is lost. */
  outputs?: KeptOutputs | undefined;
  /** What runs on in the background. */
  processes: BackgroundProcesses;
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
      "command starts ends with it; use background for what is to run on. Of a long output the result shows the beginning " +
      "and the end, and says how to read the rest.",
    inputSchema: BashInput,
    kind: "execute",
    title: ({ command }) => command,
    command: ({ command }) => command,
    effects: deps.spawner.isSandboxed ? SANDBOXED_EFFECTS[mode] : BARE_EFFECTS,
    execute: (input, context) =>
      input.background === true ? startInBackground(deps, input, context) : runBash(deps, input, context),
  };
}

async function runBash(
  { spawner, environment, redactor, networks, outputs }: BashDeps,
  input: BashInput,
  context: ToolContext,
): Promise<ToolResult> {
  const { workspace, sessionId, ownerId, signal } = context;
  const timeoutSeconds = input.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const kept = new HeadTailBuffer(HEAD_BYTES, TAIL_BYTES);
  const feed = new ProgressFeed((chunk) => context.progress(chunk));
  const redacted = new RedactedBytes(redactor.stream());
  await using spool = outputs?.spool(HEAD_BYTES + TAIL_BYTES);
  const take = async (bytes: Uint8Array): Promise<void> => {
    kept.push(bytes);
    await Promise.all([spool?.push(bytes), feed.push(bytes)]);
  };
  await using network = await networks.open({ sessionId, ownerId, onRefused: context.refused });
  const running = await spawner.spawn({
    argv: ["bash", "--noprofile", "--norc", "-c", input.command],
    cwd: workspace,
    ownerId,
    environment: { ...environment, ...SHELL_ENVIRONMENT, HOME: workspace, PWD: workspace },
    onOutput: (bytes) => take(redacted.push(bytes)),
    network: network.access,
  });
  const stop = AbortSignal.any([signal, feed.failed]);
  const ending = await waitForEnding(running, timeoutSeconds * 1_000, stop);
  const survivors = await running.end();
  await take(redacted.end());
  await feed.finish();
  const full = spool === undefined ? null : ((await outputs?.keep(ownerId, spool)) ?? null);
  const result = describe(ending, readOutputText(kept), {
    fullNote: full === null ? null : fullNote(full, spool?.isCut === true),
    timeoutSeconds,
    survivors,
    limitReached: running.limitReached,
    networkNote: network.note(),
  });
  return full === null ? result : { ...result, fullOutput: full };
}

/** How long to watch whether it ends at once, as it does where the command is wrong, in ms. */
const FIRST_LOOK_MS = 500;

async function startInBackground(
  { spawner, environment, redactor, networks, processes }: BashDeps,
  { command }: BashInput,
  { workspace, sessionId, ownerId, taskId, signal, refused }: ToolContext,
): Promise<ToolResult> {
  signal.throwIfAborted();
  const redacted = new RedactedBytes(redactor.stream());
  const process = processes.add(taskId, command);
  try {
    const network = await networks.open({ sessionId, ownerId, onRefused: refused });
    try {
      const running = await spawner.spawn({
        argv: ["bash", "--noprofile", "--norc", "-c", command],
        cwd: workspace,
        ownerId,
        environment: { ...environment, ...SHELL_ENVIRONMENT, HOME: workspace, PWD: workspace },
        onOutput: (bytes) => process.push(redacted.push(bytes)),
        network: network.access,
      });
      process.own(running, network, () => redacted.end());
    } catch (error) {
      await network[Symbol.asyncDispose]();
      throw error;
    }
  } catch (error) {
    processes.remove(taskId, process);
    throw error;
  }
  await process.wait({ ms: FIRST_LOOK_MS, signal });
  const output = process.take();
  if (process.isRunning) return { status: "succeeded", output };
  return { status: process.hasFailed ? "failed" : "succeeded", output, exitCode: process.exitCode };
}

function fullNote(full: BlobRef, isCut: boolean): string {
  return `[whole output${isCut ? `, its first ${full.bytes} bytes` : ""}: read_output ${JSON.stringify({ output: outputId(full) })}]`;
}

function describe(
  ending: Ending,
  { text, omittedBytes }: { text: string; omittedBytes: number },
  {
    timeoutSeconds,
    survivors,
    limitReached,
    networkNote,
    fullNote: whole,
  }: {
    timeoutSeconds: number;
    survivors: readonly number[];
    limitReached: string | null;
    networkNote: string | null;
    fullNote: string | null;
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
  if (whole !== null) notes.push(whole);
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
