import { callDisplay } from "@trunkline/contract";
import type { Unit } from "./compaction-units.ts";
import { shortened } from "./shortened-text.ts";
import { filesOf } from "./summary-request.ts";
import { textOf } from "./transcript/turn.ts";

const CHANGED = new Set(["edit", "delete", "move"]);
const READ = new Set(["read"]);
const MAX_FILES = 50;
const MAX_CALLS = 20;
const MAX_STEERS = 10;

/** A summary without a model, as a fallback: prompts, files touched, actions and last words. */
export function digestOf(summary: string | null, units: readonly Unit[], maxLength: number): string {
  const steps = units.flatMap((unit) => unit.steps);
  const turns = [...new Set(units.map(({ turn }) => turn))];
  const prompts = turns.map(({ prompt }) => shortened(prompt, 300));
  const steers = turns.flatMap((turn) => [
    ...turn.openingSteers,
    ...units
      .filter((unit) => unit.turn === turn)
      .flatMap((unit) => unit.steps.flatMap((step) => step.steers)),
  ]);
  const calls = steps.flatMap(({ ended, results }) =>
    ended.toolCalls.map((call) => {
      const { title } = callDisplay(call);
      return `${call.tool} ${shortened(title, 150)}: ${results.get(call.callId)?.status ?? "not run"}`;
    }),
  );
  const last = steps.at(-1);
  const outputs = [...(last?.results.values() ?? [])]
    .map(({ output }) => output)
    .filter((text) => text !== "");
  const said = steps.map(({ blocks }) => textOf(blocks)).findLast((text) => text !== "");
  const quarter = Math.floor(maxLength / 4);
  const sections: [heading: string, text: string][] = [
    ["Earlier summary", shortened(summary ?? "", quarter)],
    ["Task", prompts.slice(-5).join("\n")],
    ["Said by the user meanwhile", shortened(steers.slice(-MAX_STEERS).join("\n"), quarter)],
    ["Files changed", filesOf(units, CHANGED).slice(-MAX_FILES).join("\n")],
    ["Files read", filesOf(units, READ).slice(-MAX_FILES).join("\n")],
    ["Last calls", calls.slice(-MAX_CALLS).join("\n")],
    ["Last output", shortened(outputs.join("\n"), quarter)],
    ["Last words of the agent (open points)", shortened(said ?? "", quarter)],
  ];
  return sections
    .filter(([, text]) => text !== "")
    .map(([heading, text]) => `${heading}:\n${text}`)
    .join("\n\n");
}
