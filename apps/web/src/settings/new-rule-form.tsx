import { useMutation } from "@tanstack/react-query";
import { type CreateRuleInput, type Project, type RuleEffect, ruleInWords } from "@trunkline/contract";
import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { inDays } from "../network/clock.ts";
import { useProjects } from "../projects/use-projects.ts";
import { Button } from "../ui/button.tsx";
import { FIELD, Fields, Labeled } from "./fields.tsx";

const EFFECTS = [
  { value: "allow", words: "Allow" },
  { value: "ask", words: "Ask before" },
  { value: "deny", words: "Deny" },
] as const;
const TERMS = [
  {
    value: "pattern",
    words: "Command",
    hint: "npm test * allows it with any arguments",
    example: "npm test *",
  },
  { value: "path", words: "Files", hint: "Relative to the workspace", example: "src/**" },
  { value: "host", words: "Host", hint: "Of pages that are fetched", example: "*.example.com" },
  { value: "none", words: "Every call of a tool", hint: "", example: "" },
] as const;
const LIFETIMES = [
  { days: 0, words: "Never" },
  { days: 1, words: "In a day" },
  { days: 7, words: "In 7 days" },
  { days: 30, words: "In 30 days" },
];

/** A new rule, shown in words before it is saved. */
export function NewRuleForm({ onCreated, close }: { onCreated: () => void; close: () => void }) {
  const trpc = useTRPC();
  const { data: projects = [] } = useProjects();
  const [effect, setEffect] = useState<RuleEffect>("allow");
  const [term, setTerm] = useState<(typeof TERMS)[number]["value"]>("pattern");
  const [text, setText] = useState("");
  const [tool, setTool] = useState("");
  const [projectId, setProjectId] = useState("");
  const [days, setDays] = useState(0);
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => first.current?.focus(), []);
  const create = useMutation(trpc.rule.create.mutationOptions({ onSuccess: onCreated }));
  const terms = {
    effect,
    ...(tool.trim() !== "" && { tool: tool.trim() }),
    ...(term !== "none" && { [term]: text.trim() }),
  };
  const isWhole = term === "none" ? tool.trim() !== "" : text.trim() !== "";
  const chosen = TERMS.find(({ value }) => value === term) ?? TERMS[0];
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const expiresAt = days === 0 ? null : inDays(days);
    const rule: CreateRuleInput = { ...terms, expiresAt, ...(projectId !== "" && { projectId }) };
    create.mutate(rule);
  };
  return (
    <form aria-label="New rule" onSubmit={submit} className="flex flex-col gap-3 px-4 py-3">
      <Fields isSaving={create.isPending}>
        <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
          <Labeled label="Effect">
            <select
              ref={first}
              value={effect}
              onChange={(event) => setEffect(event.target.value as RuleEffect)}
              className={FIELD}
            >
              {EFFECTS.map(({ value, words }) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </Labeled>
          <Labeled label="Of">
            <select
              value={term}
              onChange={(event) => setTerm(event.target.value as typeof term)}
              className={FIELD}
            >
              {TERMS.map(({ value, words }) => (
                <option key={value} value={value}>
                  {words}
                </option>
              ))}
            </select>
          </Labeled>
          {term !== "none" && (
            <Labeled label={chosen.words} hint={chosen.hint}>
              <input
                value={text}
                maxLength={2_000}
                autoComplete="off"
                spellCheck={false}
                placeholder={chosen.example}
                onChange={(event) => setText(event.target.value)}
                className={`${FIELD} font-mono`}
              />
            </Labeled>
          )}
          <Labeled label="Tool" hint={term === "none" ? "* is every tool" : "Empty: any tool"}>
            <input
              value={tool}
              maxLength={200}
              autoComplete="off"
              spellCheck={false}
              placeholder="bash"
              onChange={(event) => setTool(event.target.value)}
              className={`${FIELD} font-mono`}
            />
          </Labeled>
          <Labeled label="Where">
            <select
              value={projectId}
              onChange={(event) => setProjectId(event.target.value)}
              className={FIELD}
            >
              <option value="">All my sessions</option>
              {projects.map(({ id, name }: Project) => (
                <option key={id} value={id}>
                  Project {name}
                </option>
              ))}
            </select>
          </Labeled>
          <Labeled label="Expires">
            <select value={days} onChange={(event) => setDays(Number(event.target.value))} className={FIELD}>
              {LIFETIMES.map((lifetime) => (
                <option key={lifetime.days} value={lifetime.days}>
                  {lifetime.words}
                </option>
              ))}
            </select>
          </Labeled>
        </div>
      </Fields>
      <div className="flex flex-wrap items-center gap-2">
        <p aria-live="polite" className="min-w-40 grow text-sm break-words text-muted">
          {isWhole && ruleInWords({ ...terms, level: projectId === "" ? "user" : "project" })}
        </p>
        <Button look="quiet" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" look="primary" disabled={create.isPending || !isWhole}>
          Save rule
        </Button>
      </div>
      {create.isError && (
        <p role="alert" className="text-sm text-failed">
          {create.error.message}
        </p>
      )}
    </form>
  );
}
