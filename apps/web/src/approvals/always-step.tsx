import { type RuleTerms, termsInWords } from "@trunkline/contract";
import { useEffect, useRef, useState } from "react";
import { revealHidden } from "../text/reveal-hidden.ts";
import { Button } from "../ui/button.tsx";
import { useMayAnswer } from "./use-may-answer.ts";

/** The rule that "always" makes. */
export interface MadeRule {
  rule?: RuleTerms;
  level?: Level;
}

type Level = "session" | "project" | "user";

const PLACES: Readonly<Record<Level, string>> = {
  session: "in this session",
  project: "in this project",
  user: "in all my sessions",
};

interface AlwaysStepProps {
  /** What it allows where the server offers no rules. */
  always: string;
  /** The narrowest first. */
  rules: readonly RuleTerms[];
  /** Whether its session works in a project. */
  hasProject: boolean;
  isOff: boolean;
  confirm: (made: MadeRule) => void;
  back: () => void;
}

const SELECT =
  "h-7.5 max-w-full min-w-0 rounded-md border border-line-strong bg-background px-2 text-sm max-md:text-[16px]";

/** The second step, which names the rule and where it holds. */
export function AlwaysStep({ always, rules, hasProject, isOff, confirm, back }: AlwaysStepProps) {
  const [place, setPlace] = useState(0);
  const [level, setLevel] = useState<Level>("session");
  const rule = rules[place];
  const words = revealHidden(rule === undefined ? always : termsInWords(rule));
  // Another rule is another question: a press that was meant for the one before does not count.
  const { isSettled, isMeant } = useMayAnswer(`always:${level}:${words}`);
  const cancel = useRef<HTMLButtonElement>(null);
  // The pressed button is gone; move the focus to where Enter can only go back.
  useEffect(() => cancel.current?.focus(), []);
  return (
    <fieldset aria-label="Always allow" className="min-w-0 px-3.5 pt-2 pb-2.5 text-sm">
      <p className="mb-2 break-words">
        <code className="font-mono text-code">{words}</code> runs without asking {PLACES[level]}, from now on.
      </p>
      <div className="flex flex-wrap items-center gap-2">
        {rules.length > 1 && (
          <select
            value={place}
            aria-label="What to allow"
            onChange={(event) => setPlace(Number(event.target.value))}
            className={`${SELECT} grow`}
          >
            {rules.map((each, index) => (
              <option key={termsInWords(each)} value={index}>
                {revealHidden(termsInWords(each))}
              </option>
            ))}
          </select>
        )}
        {rules.length > 0 && (
          <select
            value={level}
            aria-label="Where"
            onChange={(event) => setLevel(event.target.value as Level)}
            className={SELECT}
          >
            {(["session", "project", "user"] as const)
              .filter((each) => each !== "project" || hasProject)
              .map((each) => (
                <option key={each} value={each}>
                  {PLACES[each]}
                </option>
              ))}
          </select>
        )}
        <span className="grow" />
        <Button ref={cancel} onClick={back}>
          Cancel
        </Button>
        <Button
          look="danger"
          className="max-w-full"
          aria-label={`Always allow ${words} ${PLACES[level]}`}
          disabled={!isSettled || isOff}
          onClick={(event) => {
            if (isMeant(event)) confirm(rule === undefined ? {} : { rule, level });
          }}
        >
          <span className="truncate">Always allow {words}</span>
        </Button>
      </div>
    </fieldset>
  );
}
