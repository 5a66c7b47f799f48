import { execFile, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import {
  type AgentContext,
  type ClientCapabilities,
  type LoadSessionRequest,
  type PromptRequest,
  type PromptResponse,
  RequestError,
  type RequestPermissionRequest,
  type SessionUpdate,
  type ToolKind,
} from "@agentclientprotocol/sdk";

/** Between two late updates, in ms. */
const LATE_MS = 20;

interface Session {
  cwd: string;
  /** What it was prompted with. */
  prompts: string[];
}

/**
 * Does what the lines of a prompt say, one after the other:
 *
 * `say: TEXT`, `think: TEXT`, `plan: a, b`, `write: PATH TEXT` (itself), `ask: PATH TEXT` (the same, with permission),
 * `run: COMMAND` (with permission), `hold: COMMAND` (reports it as running, and asks only when the file `ask` is there),
 * `client-write: PATH TEXT`, `client-read: PATH`, `terminal: COMMAND` (done by the client), `model: TEXT` (a call of its
 * model, at OPENAI_BASE_URL), `spawn: SECONDS` (a process that outlives its parent), `stall`, `die`, `fail: TEXT`, `env: NAME`,
 * `remember` (says what it was prompted with before). Other lines are prose. With `BROKEN_MEMORY` it can't go on with a session
 * that it has loaded; with
 * `PAST` it tells of so many messages more.
 */
export class ScriptedAgent {
  client: ClientCapabilities = {};
  readonly #directory: string;
  readonly #turns = new Map<string, AbortController>();
  readonly #loaded = new Set<string>();
  #calls = 0;

  constructor(home: string) {
    this.#directory = join(home, "sessions");
    mkdirSync(this.#directory, { recursive: true });
  }

  create(cwd: string): { sessionId: string } {
    const sessionId = randomUUID();
    this.#save(sessionId, { cwd, prompts: [] });
    return { sessionId };
  }

  /** Tells the past again, as the protocol has it; with `LATE` after the answer, as some agents do. */
  async load(request: LoadSessionRequest, client: AgentContext): Promise<Record<string, never>> {
    this.#loaded.add(request.sessionId);
    const telling = this.#tellPast(request, client);
    if (process.env["LATE"] === undefined) await telling;
    return {};
  }

  async #tellPast({ sessionId }: LoadSessionRequest, client: AgentContext): Promise<void> {
    const tell = async (sessionUpdate: "user_message_chunk" | "agent_message_chunk", text: string) => {
      if (process.env["LATE"] !== undefined) await wait(LATE_MS);
      const update = { sessionUpdate, content: { type: "text", text } } as const;
      await client.notify("session/update", { sessionId, update });
    };
    for (const text of this.#read(sessionId).prompts) {
      await tell("user_message_chunk", text);
      await tell("agent_message_chunk", "OLD");
    }
    for (let count = Number(process.env["PAST"] ?? 0); count > 0; count--) {
      await tell("agent_message_chunk", "OLD");
    }
  }

  async prompt(
    { sessionId, prompt }: PromptRequest,
    client: AgentContext,
    signal: AbortSignal,
  ): Promise<PromptResponse> {
    const text = prompt.map((block) => (block.type === "text" ? block.text : "")).join("");
    const session = this.#read(sessionId);
    if (process.env["BROKEN_MEMORY"] !== undefined && this.#loaded.has(sessionId)) {
      throw new RequestError(-32_603, "messages.[3]: a tool's answer without a call");
    }
    const turn = new AbortController();
    this.#turns.set(sessionId, turn);
    const ending = AbortSignal.any([signal, turn.signal]);
    const update = async (news: SessionUpdate): Promise<void> =>
      client.notify("session/update", { sessionId, update: news });
    const past = [...session.prompts];
    session.prompts.push(text);
    this.#save(sessionId, session);
    for (const line of text.split("\n")) {
      if (ending.aborted) break;
      await this.#step(line, { sessionId, cwd: session.cwd, past, client, update, ending });
    }
    if (ending.aborted) return { stopReason: "cancelled" };
    return {
      stopReason: "end_turn",
      usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
    } as PromptResponse;
  }

  cancel(sessionId: string): void {
    this.#turns.get(sessionId)?.abort();
  }

  async #step(line: string, turn: Turn): Promise<void> {
    const [, name, rest = ""] = /^([a-z-]+)(?::\s*(.*))?$/.exec(line.trim()) ?? [];
    const [, path = "", text = ""] = /^(\S+)\s?(.*)$/.exec(rest) ?? [];
    const { update, cwd, client, sessionId, ending } = turn;
    const say = async (words: string): Promise<void> =>
      update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text: words } });
    switch (name) {
      case "say":
        return say(rest);
      case "think":
        return update({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: rest } });
      case "plan": {
        const entries = rest
          .split(", ")
          .map((content) => ({ content, priority: "medium" as const, status: "pending" as const }));
        return update({ sessionUpdate: "plan", entries });
      }
      case "write":
      case "ask":
        return this.#write(turn, path, text, name === "ask");
      case "run":
      case "hold":
        return this.#run(turn, rest, name === "hold");
      case "client-write":
        await client.request("fs/write_text_file", { sessionId, path: join(cwd, path), content: text });
        return;
      case "client-read": {
        const { content } = await client.request("fs/read_text_file", { sessionId, path: join(cwd, path) });
        return say(content);
      }
      case "terminal": {
        await using terminal = await client.createTerminal({ sessionId, command: rest, cwd });
        const { exitCode } = await terminal.waitForExit();
        const current = await terminal.currentOutput();
        return await say(`${current.output.trim()} (${exitCode})`);
      }
      case "model":
        return say(await askModel(rest));
      case "spawn": {
        const child = spawn("sleep", [rest], { stdio: "ignore", detached: true });
        child.unref();
        return;
      }
      case "stall":
        await new Promise((resolve) => ending.addEventListener("abort", resolve, { once: true }));
        return;
      case "die":
        return void process.kill(process.pid, "SIGKILL");
      case "fail":
        throw new RequestError(-32_603, rest);
      case "env":
        return say(`${rest}=${process.env[rest] ?? ""}`);
      case "remember":
        return say(JSON.stringify(turn.past));
      default:
    }
  }

  async #write(turn: Turn, path: string, text: string, asks: boolean): Promise<void> {
    const file = join(turn.cwd, path);
    const before = existsSync(file) ? readFileSync(file, "utf8") : null;
    const content = [{ type: "diff" as const, path: file, oldText: before, newText: text }];
    const call = {
      ...this.#call(`Write ${file}`, "edit"),
      rawInput: { path, text },
      locations: [{ path: file }],
      content,
    };
    await turn.update({ sessionUpdate: "tool_call", status: "pending", ...call });
    if (asks && !(await this.#permitted(turn, call))) {
      return turn.update({
        sessionUpdate: "tool_call_update",
        toolCallId: call.toolCallId,
        status: "failed",
      });
    }
    writeFileSync(file, text);
    return turn.update({
      sessionUpdate: "tool_call_update",
      toolCallId: call.toolCallId,
      status: "completed",
      content,
    });
  }

  async #run(turn: Turn, command: string, holds: boolean): Promise<void> {
    const call = { ...this.#call(command, "execute"), rawInput: { command } };
    const { toolCallId } = call;
    await turn.update({ sessionUpdate: "tool_call", status: holds ? "in_progress" : "pending", ...call });
    if (holds) {
      await turn.update({
        sessionUpdate: "tool_call_update",
        toolCallId,
        status: "in_progress",
        ...output("on it"),
      });
    }
    if (!(await this.#permitted(turn, call))) {
      return turn.update({ sessionUpdate: "tool_call_update", toolCallId, status: "failed" });
    }
    await turn.update({ sessionUpdate: "tool_call_update", toolCallId, status: "in_progress" });
    const { stdout } = await promisify(execFile)("bash", ["-c", command], {
      cwd: turn.cwd,
      signal: turn.ending,
    });
    const rawOutput = { output: stdout, exit_code: 0 };
    await turn.update({
      sessionUpdate: "tool_call_update",
      toolCallId,
      status: "completed",
      rawOutput,
      ...output(stdout),
    });
  }

  #call(title: string, kind: ToolKind) {
    return { toolCallId: `call_${++this.#calls}`, title, kind };
  }

  async #permitted({ client, sessionId }: Turn, call: { toolCallId: string }): Promise<boolean> {
    const request: RequestPermissionRequest = {
      sessionId,
      toolCall: call,
      options: [
        { optionId: "yes", name: "Allow", kind: "allow_once" },
        { optionId: "always", name: "Always allow", kind: "allow_always" },
        { optionId: "no", name: "Reject", kind: "reject_once" },
      ],
    };
    const { outcome } = await client.request("session/request_permission", request);
    return outcome.outcome === "selected" && outcome.optionId === "yes";
  }

  #save(sessionId: string, session: Session): void {
    writeFileSync(join(this.#directory, `${sessionId}.json`), JSON.stringify(session));
  }

  #read(sessionId: string): Session {
    const path = join(this.#directory, `${sessionId}.json`);
    if (!existsSync(path)) throw RequestError.resourceNotFound(sessionId);
    return JSON.parse(readFileSync(path, "utf8")) as Session;
  }
}

interface Turn {
  sessionId: string;
  cwd: string;
  past: string[];
  client: AgentContext;
  update: (update: SessionUpdate) => Promise<void>;
  ending: AbortSignal;
}

function output(text: string) {
  return { content: [{ type: "content" as const, content: { type: "text" as const, text } }] };
}

async function askModel(prompt: string): Promise<string> {
  const response = await fetch(`${process.env["OPENAI_BASE_URL"]}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${process.env["OPENAI_API_KEY"]}` },
    body: JSON.stringify({ model: "fake", messages: [{ role: "user", content: prompt }] }),
  });
  const answer = (await response.json()) as {
    choices?: { message: { content: string } }[];
    error?: { message: string };
  };
  return answer.choices?.[0]?.message.content ?? `${response.status} ${answer.error?.message}`;
}
