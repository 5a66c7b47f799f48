import * as step from "./reply.ts";
import type { Step } from "./reply.ts";

/** An instruction to the fake provider in one line of a prompt. */
export interface Directive {
  steps: Step[];
  cutAfterBytes?: number;
  /** Only for the first this many calls with the same messages; a retry then succeeds. */
  firstCalls?: number;
  /** What follows answers the next call. */
  endsTurn?: boolean;
  joinsPreviousTurn?: boolean;
  repeats?: boolean;
}

/** Parses a line such as `reply: hello`. @returns null for anything else, which is just prose. */
export function parseDirective(line: string): Directive | null {
  const [, name, rest = ""] = /^([a-z]+)(?::\s*(.*))?$/.exec(line) ?? [];
  if (name === undefined) return null;
  const [, argument = "", times] = /^(.*?)(?:\s*\bx(\d+))?$/.exec(rest) ?? [];
  const fault = (directive: Directive): Directive => ({
    ...directive,
    firstCalls: times === undefined ? undefined : Number(times),
  });

  switch (name) {
    case "reply":
      return rest === "" ? null : { steps: [step.text(...words(unescapeLines(rest)))] };
    case "think":
      return rest === "" ? null : { steps: [step.reasoning(...words(unescapeLines(rest)))] };
    case "tokens": {
      const [, count, perSecond] = /^(\d+)(?:\s*@\s*(\d+(?:\.\d+)?)\/s)?$/.exec(rest) ?? [];
      if (count === undefined) return null;
      return { steps: [step.tokens(Number(count), perSecond === undefined ? undefined : Number(perSecond))] };
    }
    case "tool":
    case "also":
    case "loop": {
      const [, tool, json] = /^(\S+)\s+(.+)$/.exec(rest) ?? [];
      if (tool === undefined || json === undefined) return null;
      return {
        // Unchanged even if it is invalid JSON: that is how a prompt requests a broken call.
        steps: [step.toolCallFragments(tool, words(json))],
        endsTurn: true,
        joinsPreviousTurn: name === "also",
        repeats: name === "loop",
      };
    }
    case "wait": {
      const [, ms] = /^(\d+)\s*ms$/.exec(rest) ?? [];
      return ms === undefined ? null : { steps: [step.delay(Number(ms))] };
    }
    case "usage": {
      const [, prompt, completion] = /^(\d+)\s+(\d+)$/.exec(rest) ?? [];
      if (completion === undefined) return null;
      return { steps: [step.usage({ promptTokens: Number(prompt), completionTokens: Number(completion) })] };
    }
    case "finish":
      return rest === "" ? null : { steps: [step.finish(rest)] };
    case "fail": {
      const [, status, retryAfter] = /^(\d{3})(?:\s+retry-after\s+(\d+))?$/.exec(argument) ?? [];
      return status === undefined ? null : fault({ steps: [step.httpError(Number(status), { retryAfter })] });
    }
    case "cut":
      if (argument === "") return fault({ steps: [step.cut()] });
      return /^\d+$/.test(argument) ? fault({ steps: [], cutAfterBytes: Number(argument) }) : null;
    case "garbage":
      return argument === "" ? fault({ steps: [step.raw("data: {not json\n\n")] }) : null;
    case "stall":
      return argument === "" ? fault({ steps: [step.open(), step.stall()] }) : null;
    default:
      return null;
  }
}

/** Splits a text before each word; joined, the pieces are the text again. */
export function words(sentence: string): string[] {
  return sentence.match(/\s*\S+\s*$|\s*\S+/g) ?? [sentence];
}

/** `\\n` stands for a line break. */
function unescapeLines(line: string): string {
  return line.replaceAll("\\n", "\n");
}
