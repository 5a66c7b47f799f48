import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { ReadStream } from "node:tty";
import { createClient, type TrunklineClient } from "@trunkline/client";
import type { Session, Task } from "@trunkline/contract";
import { waitFor } from "@trunkline/testkit";
import { runCli } from "../../cli.ts";
import { readLocalToken, readServerRecord } from "../../server/data-dir.ts";
import { openOutput } from "../../terminal/output.ts";
import { CliProcess } from "../cli-process.ts";

/** Columns of the terminal. */
const WIDTH = 100;

/** How to run a line. */
export interface Typed {
  /** Shown at the prompt instead of the line, e.g. with the piped input. */
  shown?: string;
  /** Piped input. */
  stdin?: string;
  /** Transforms the output, as `shown` says. */
  filter?: (line: string) => boolean;
}

/** A user's terminal with a data directory and, once started, a server. */
export class Stage implements AsyncDisposable {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  #recorded = "";

  private constructor(directory: string) {
    this.directory = directory;
    const { PATH = "" } = process.env;
    this.env = {
      PATH,
      HOME: directory,
      LANG: "C.UTF-8",
      // One that changes nothing.
      EDITOR: "true",
      NO_COLOR: "1",
      TRUNKLINE_DATA_DIR: join(directory, "trunkline"),
      TRUNKLINE_PORT: "0",
      TRUNKLINE_NODE_NAME: "box",
      TRUNKLINE_MODEL: "demo",
      ANTHROPIC_API_KEY: "sk-ant-example",
      // Like a machine without it, whichever this one is.
      TRUNKLINE_SANDBOX: "off",
    };
  }

  static async open(): Promise<Stage> {
    return new Stage(await mkdtemp(join(tmpdir(), "trunkline-cli-")));
  }

  /** Everything typed and shown since the last call. */
  take(): string {
    const recorded = this.#recorded;
    this.#recorded = "";
    return recorded;
  }

  get url(): string {
    return readServerRecord(this.#dataDir)?.url ?? "";
  }

  get client(): TrunklineClient {
    return createClient({ url: this.url, token: readLocalToken(this.#dataDir) ?? undefined });
  }

  /** Types `trunkline …` and waits for it to end; words are separated by spaces, quotes keep them together. */
  async type(line: string, { shown = `trunkline ${line}`, stdin, filter }: Typed = {}): Promise<void> {
    const input = new PassThrough();
    if (stdin === undefined) Object.assign(input, { isTTY: true, setRawMode: () => input });
    else input.end(stdin);
    const screen = Object.assign(new PassThrough(), { isTTY: true, columns: WIDTH });
    const shownText = text(screen);
    const out = openOutput(screen, this.env);
    // Notices appear where they would on a screen; spinners are omitted.
    const err = openOutput(screen, { ...this.env, TERM: "dumb" });
    const exitCode = await runCli(words(line), {
      in: input as unknown as ReadStream,
      out,
      err,
      env: this.env,
      cwd: this.directory,
      program: ["trunkline"],
    });
    screen.end();
    const lines = (await shownText).split(/(?<=\n)/).filter((each) => filter?.(each) ?? true);
    this.#record(shown, lines.join(""), exitCode);
  }

  /** Starts `trunkline …`, and presses Ctrl-C once `ready` returns true. */
  async interrupt(line: string, ready: () => Promise<boolean>): Promise<void> {
    await using cli = new CliProcess(words(line), { ...this.env });
    await waitFor(`${line} to be under way`, ready);
    cli.signal("SIGINT");
    const { out, err, exitCode } = await cli.ended();
    this.#record(`trunkline ${line}`, `${out}^C\n${err}`, exitCode ?? 1);
  }

  /** Types a line that is not one of our commands. */
  note(shown: string, output: string): void {
    this.#record(shown, output, 0);
  }

  /** @returns the most recently submitted task, once it is in that state */
  async newestTask(state?: Task["state"]): Promise<Task> {
    return waitFor(`a task that is ${state ?? "there"}`, async () => {
      const { items } = await this.client.task.list.query({ limit: 1 });
      return items.find((task) => state === undefined || task.state === state);
    });
  }

  /** @returns the most recently changed session */
  async newestSession(): Promise<Session> {
    return waitFor("a session", async () => (await this.client.session.list.query({ limit: 1 })).items[0]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await CliProcess.run(["stop"], { ...this.env });
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  get #dataDir(): string {
    return join(this.directory, "trunkline");
  }

  #record(shown: string, output: string, exitCode: number): void {
    const code = exitCode === 0 ? "" : `$ echo $?\n${exitCode}\n`;
    this.#recorded += `$ ${shown}\n${output}${code}`;
  }
}

/** As a shell's, without escapes: quotes may stand in the middle of a word. */
export function words(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replaceAll(
      /"([^"]*)"|'([^']*)'/g,
      (_all, double: string | undefined, single: string | undefined) => double ?? single ?? "",
    ),
  );
}
