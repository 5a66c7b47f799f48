import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { EXIT } from "../../exit-code.ts";
import { buildProgram } from "../../program.ts";
import { ServerClock } from "../../server/server-clock.ts";
import { processTerminal } from "../../terminal/terminal.ts";
import { runCaptured } from "../captured-cli.ts";
import { ACCESS_SCENES } from "./access-scenes.ts";
import { COST_SCENES } from "./cost-scenes.ts";
import { MCP_SCENES } from "./mcp-scenes.ts";
import { Normaliser } from "./normalise.ts";
import type { Scene } from "./scene.ts";
import { CLOSING_SCENES, MODEL_SCENES, OPENING_SCENES } from "./server-scenes.ts";
import { PROJECT_SCENES } from "./project-scenes.ts";
import { SESSION_SCENES } from "./session-scenes.ts";
import { Stage } from "./stage.ts";
import { TASK_SCENES } from "./task-scenes.ts";

export const CLI_PAGE_FILE = fileURLToPath(new URL("../../../../../docs/cli.md", import.meta.url));

export const SCENES: readonly Scene[] = [
  ...OPENING_SCENES,
  ...TASK_SCENES,
  ...SESSION_SCENES,
  ...PROJECT_SCENES,
  ...MODEL_SCENES,
  ...MCP_SCENES,
  ...COST_SCENES,
  ...ACCESS_SCENES,
  ...CLOSING_SCENES,
];

const INTRODUCTION = `# Command line

<!-- Written by \`pnpm docs:cli\`, which plays every command against a real server. Change the commands, not this page. -->

Every command with its help and an example, run against a server with the demo model. Ids, times and sizes are replaced by
samples. A real terminal shows colors and a status line (\`NO_COLOR\` turns colors off).
[apps/cli/README.md](../apps/cli/README.md) explains how a server is found and the exit codes; the
[cookbook](cookbook.md) has recipes.
`;

/** The runnable commands by full name: `run`, `token create`. */
export function commandNames(): string[] {
  const program = buildProgram({
    terminal: processTerminal(),
    clock: new ServerClock(),
    options: {},
    target: null,
    exitCode: EXIT.completed,
  });
  const leaves = (command: Command, path: string): string[] =>
    command.commands.length === 0
      ? [path]
      : command.commands.flatMap((sub) => leaves(sub, `${path} ${sub.name()}`.trim()));
  return leaves(program, "");
}

/** Plays all scenes on one stage. @returns the page */
export async function recordCliPage(): Promise<string> {
  const transcripts = await play();
  const sections: string[] = [];
  for (const name of commandNames()) {
    const { out: help } = await runCaptured([...name.split(" "), "--help"]);
    const shown = (transcripts.get(name) ?? []).map(
      ({ says, text }) => `${says}\n\n${block("console", text)}`,
    );
    sections.push(`## ${name}\n`, block("text", help), ...shown);
  }
  return [INTRODUCTION, ...sections].join("\n");
}

async function play(): Promise<Map<string, { says: string; text: string }[]>> {
  const transcripts = new Map<string, { says: string; text: string }[]>();
  await using stage = await Stage.open();
  let normaliser: Normaliser | null = null;
  for (const { of, says, play: perform } of SCENES) {
    await perform(stage);
    // The first scene starts the server; all others use its address.
    normaliser ??= new Normaliser([
      [`${stage.directory}/trunkline`, "/home/you/.local/share/trunkline"],
      [`${stage.directory}/`, ""],
      [stage.url, "http://127.0.0.1:4400"],
    ]);
    const text = normaliser.text(stage.take());
    transcripts.set(of, [...(transcripts.get(of) ?? []), { says, text }]);
  }
  return transcripts;
}

function block(language: string, text: string): string {
  const body = text.replaceAll(/[ \t]+$/gm, "").trimEnd();
  const fence = "`".repeat(Math.max(3, ...[...body.matchAll(/`{3,}/g)].map(([run]) => run.length + 1)));
  return `${fence}${language}\n${body}\n${fence}\n`;
}
