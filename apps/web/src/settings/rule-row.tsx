import { type ApprovalRule, termsInWords } from "@trunkline/contract";
import { type LucideIcon, ShieldAlert, ShieldCheck, ShieldX } from "lucide-react";
import { useState } from "react";
import { useProjectName } from "../projects/use-projects.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";

const EFFECTS: Readonly<Record<string, { icon: LucideIcon; word: string; color: string }>> = {
  allow: { icon: ShieldCheck, word: "Allow", color: "text-done" },
  ask: { icon: ShieldAlert, word: "Ask before", color: "text-waits" },
  deny: { icon: ShieldX, word: "Deny", color: "text-failed" },
} satisfies Record<ApprovalRule["effect"], unknown>;

interface RuleRowProps {
  rule: ApprovalRule;
  isBusy: boolean;
  remove: () => void;
}

/** What a rule says and where it holds. Deleting takes two clicks. */
export function RuleRow({ rule, isBusy, remove }: RuleRowProps) {
  const [isAsking, setIsAsking] = useState(false);
  const project = useProjectName(rule.projectId ?? null);
  const {
    icon: Icon,
    word,
    color,
  } = EFFECTS[rule.effect] ?? {
    icon: ShieldAlert,
    word: rule.effect,
    color: "",
  };
  const words = revealHidden(termsInWords(rule));
  const places: Readonly<Record<string, string>> = {
    operator: "For everybody on this server",
    user: "In all your sessions",
    project: `In your sessions of ${project ?? "a project"}`,
    session: "In one session",
  } satisfies Record<ApprovalRule["level"], string>;
  const where = places[rule.level] ?? rule.level;
  const facts = rule.expiresAt === null ? where : `${where} · until ${moment(rule.expiresAt)}`;
  return (
    <div className="flex items-center gap-3 px-4 py-2.5 text-sm">
      <Icon aria-hidden className={`size-4 shrink-0 ${color}`} strokeWidth={1.75} />
      <div className="min-w-0 grow">
        <p className="break-words">
          {word} <span className="font-mono text-code">{words}</span>
        </p>
        <p className="truncate text-xs text-muted">{facts}</p>
      </div>
      {rule.level === "operator" ? null : isAsking ? (
        <span className="flex shrink-0 gap-1">
          <Button size="small" look="danger" disabled={isBusy} onClick={remove}>
            Delete rule
          </Button>
          <Button size="small" look="quiet" onClick={() => setIsAsking(false)}>
            Cancel
          </Button>
        </span>
      ) : (
        <Button
          size="small"
          look="quiet"
          aria-label={`Delete ${word} ${words}`}
          onClick={() => setIsAsking(true)}
        >
          Delete
        </Button>
      )}
    </div>
  );
}
