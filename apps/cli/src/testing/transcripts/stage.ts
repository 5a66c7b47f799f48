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

/** Columns of the terminal that is shown. */
const WIDTH = 100;

/** How a line is typed. */
export interface Typed {
  /** What stands at the prompt instead of the line, e.g. with what is piped in. */
  shown?: string;
  /** What is piped in. */
  stdin?: string;
  /** What becomes of the output, as `shown` says. */
  filter?: (line: string) => boolean;
}

/** A terminal of a person who has a data directory, and in it a server once they have started one. */
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
      NO_COLOR: "1",
      TRUNKLINE_DATA_DIR: join(directory, "trunkline"),
      TRUNKLINE_PORT: "0",
      // As a machine without it has it, whichever this one is.
      TRUNKLINE_SANDBOX: "off",
    };
  }

  static async open(): Promise<Stage> {
    return new Stage(await mkdtemp(join(tmpdir(), "trunkline-cli-")));
  }

  /** What was typed and shown since the last call. */
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

  /** Types `trunkline …` and waits for its end; words are separated by spaces, and kept together by double quotes. */
  async type(line: string, { shown = `trunkline ${line}`, stdin, filter }: Typed = {}): Promise<void> {
    const input = new PassThrough();
    if (stdin === undefined) Object.assign(input, { isTTY: true, setRawMode: () => input });
    else input.end(stdin);
    const screen = Object.assign(new PassThrough(), { isTTY: true, columns: WIDTH });
    const shownText = text(screen);
    const out = openOutput(screen, this.env);
    // Notices stand where they would on a screen; what spins is left out.
    const err = openOutput(screen, { ...this.env, TERM: "dumb" });
    const exitCode = await runCli(words(line), {
      in: input as unknown as ReadStream,
      out,
      err,
      env: this.env,
      program: ["trunkline"],
    });
    screen.end();
    const lines = (await shownText).split(/(?<=\n)/).filter((each) => filter?.(each) ?? true);
    this.#record(shown, lines.join(""), exitCode);
  }

  /** Starts `trunkline …`, and presses Ctrl-C once `ready` says so. */
  async interrupt(line: string, ready: () => Promise<boolean>): Promise<void> {
    await using cli = new CliProcess(words(line), { ...this.env });
    await waitFor(`${line} to be under way`, ready);
    cli.signal("SIGINT");
    const { out, err, exitCode } = await cli.ended();
    this.#record(`trunkline ${line}`, `${out}^C\n${err}`, exitCode ?? 1);
  }

  /** Types what is no command of ours. */
  note(shown: string, output: string): void {
    this.#record(shown, output, 0);
  }

  /** @returns the task that was submitted last, once it is in that state */
  async newestTask(state?: Task["state"]): Promise<Task> {
    return waitFor(`a task that is ${state ?? "there"}`, async () => {
      const { items } = await this.client.task.list.query({ limit: 1 });
      return items.find((task) => state === undefined || task.state === state);
    });
  }

  /** @returns the session that changed last */
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

function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}
