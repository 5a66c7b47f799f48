import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import type { Tool } from "../tools/port.ts";
import { plainSchema } from "./models/chat/portable-schema.ts";
import { ProviderFault } from "./provider-fault.ts";

type Definition = LanguageModelV4FunctionTool;

/** How a model is shown a tool that a stranger describes, once its provider has refused it as it is. */
type Treatment = "plain" | "refused" | "surplus";

/** By definition, as long as its server says the same, and by model. */
const learned = new WeakMap<Definition, Map<string, Treatment>>();
const plain = new WeakMap<Definition, Definition>();

/** Requests for one answer; after the last but one, no tool of a stranger is left. */
const MAX_REQUESTS = 8;

export interface OfferedTools {
  /** Its name. */
  model: string;
  tools: readonly Tool[];
  definitions: readonly Definition[];
  step: number;
}

/**
 * Asks with all tools that the provider takes. Providers refuse a request for one tool that they don't like, and each has rules of its
 * own: without this, one tool of an MCP server stops every task of whoever uses it.
 * @param tell for people.
 */
export async function withAcceptedTools<Answer>(
  offered: OfferedTools,
  ask: (definitions: Definition[]) => Promise<Answer>,
  tell: (message: string) => void,
): Promise<Answer> {
  const { model, step, definitions } = offered;
  // Of a model that was asked before, too: nobody looks for it in another task.
  if (step === 1) tellOfLeftOut(offered, definitions, tell);
  for (let requests = 1; ; requests++) {
    const sent = definitions.filter((definition) => !isLeftOut(definition, model));
    try {
      return await ask(
        sent.map((definition) =>
          treatmentOf(definition, model) === "plain" ? plainOf(definition) : definition,
        ),
      );
    } catch (error) {
      if (!(error instanceof ProviderFault) || requests === MAX_REQUESTS) throw error;
      const isLast = requests === MAX_REQUESTS - 1;
      const refused = refusedOf(error, offered, sent);
      if (refused.length === 0) throw error;
      for (const definition of isLast ? strangersOf(offered, sent) : refused) {
        const isPlain = isLast || treatmentOf(definition, model) === "plain";
        treat(
          definition,
          model,
          TOO_MANY.test(error.refusal ?? "") ? "surplus" : isPlain ? "refused" : "plain",
        );
      }
      tellOfLeftOut(offered, sent, tell);
    }
  }
}

const REASONS = {
  refused: "this model's provider refuses how they are described",
  surplus: "this model's provider takes no more tools. `onlyTools` of an MCP server chooses which it offers",
};
const MAX_NAMES = 8;

function tellOfLeftOut(
  { model }: OfferedTools,
  definitions: readonly Definition[],
  tell: (message: string) => void,
): void {
  for (const treatment of ["refused", "surplus"] as const) {
    const names = definitions.flatMap((definition) =>
      treatmentOf(definition, model) === treatment ? [definition.name] : [],
    );
    if (names.length === 0) continue;
    const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
    tell(
      `Tools of MCP servers that are left out (${names.slice(0, MAX_NAMES).join(", ")}${more}): ${REASONS[treatment]}`,
    );
  }
}

function isLeftOut(definition: Definition, model: string): boolean {
  const treatment = treatmentOf(definition, model);
  return treatment === "refused" || treatment === "surplus";
}

function treatmentOf(definition: Definition, model: string): Treatment | undefined {
  return learned.get(definition)?.get(model);
}

function treat(definition: Definition, model: string, treatment: Treatment): void {
  const byModel = learned.get(definition) ?? new Map<string, Treatment>();
  learned.set(definition, byModel.set(model, treatment));
}

function plainOf(definition: Definition): Definition {
  const made = plain.get(definition) ?? {
    ...definition,
    inputSchema: plainSchema(definition.inputSchema as object),
  };
  plain.set(definition, made);
  return made;
}

/** What a refusal of schemas, and of tools at all, is about. */
const ABOUT_TOOLS =
  /schema|parameters|input_schema|function_?declarations|\btools?(?:\[|\.)\d|grammar|\bpropert(?:y|ies)\b/i;
const PLACES = /\b(?:tools?|function_?declarations)(?:\[|\.)(\d+)/gi;
const TOO_MANY = /too many (?:tools|functions)|(?:tools|functions)\b.{0,40}(?:too long|at most|max)/i;

function strangersOf({ tools }: OfferedTools, sent: readonly Definition[]): Definition[] {
  const own = new Set(tools.flatMap(({ name, jsonSchema }) => (jsonSchema === undefined ? [name] : [])));
  return sent.filter(({ name }) => !own.has(name));
}

/** Tools of strangers that the request may succeed without; none: it is about something else. */
function refusedOf(
  { refusal }: ProviderFault,
  offered: OfferedTools,
  sent: readonly Definition[],
): Definition[] {
  const strangers = strangersOf(offered, sent);
  if (refusal === undefined || strangers.length === 0) return [];
  if (TOO_MANY.test(refusal)) return surplusOf(refusal, sent.length - strangers.length, strangers);
  if (!ABOUT_TOOLS.test(refusal)) return [];
  const places = new Set([...refusal.matchAll(PLACES)].map(([, place]) => Number(place)));
  const named = sent.filter(({ name }, place) => places.has(place) || isNamed(refusal, name));
  const refused = named.filter((definition) => strangers.includes(definition));
  return named.length > 0 ? refused : strangers;
}

function isNamed(refusal: string, name: string): boolean {
  // Names of tools have no character that means something here.
  return new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(refusal);
}

/** The last ones: those beyond what the provider takes, or half of them if it does not say how many that is. */
function surplusOf(refusal: string, ownCount: number, strangers: Definition[]): Definition[] {
  const limit = Number(/(?:max\w*(?: length| number)?(?: of)?|at most)\D{0,10}(\d{1,4})/i.exec(refusal)?.[1]);
  const room = limit > ownCount ? limit - ownCount : Math.floor(strangers.length / 2);
  return strangers.length > room ? strangers.slice(room) : strangers.slice(-1);
}
