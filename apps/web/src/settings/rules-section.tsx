import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ApprovalRule } from "@trunkline/contract";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { reload } from "../api/reload.ts";
import { Button } from "../ui/button.tsx";
import { showToast } from "../ui/toasts.ts";
import { NewRuleForm } from "./new-rule-form.tsx";
import { RuleRow } from "./rule-row.tsx";
import { Note, Section } from "./section.tsx";

/** Approval rules: the caller's, which can be deleted, and the operator's. Those of a session are in its transcript. */
export function RulesSection() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const list = useQuery(trpc.rule.list.queryOptions({}));
  const [isMaking, setIsMaking] = useState(false);
  const refresh = (): void => void reload(queries, trpc.rule.list.queryKey());
  const remove = useMutation(
    trpc.rule.delete.mutationOptions({
      onSuccess: refresh,
      onError: (error) => showToast("Couldn't delete the rule", { detail: error.message, level: "error" }),
    }),
  );
  return (
    <Section
      title="Approval rules"
      action={
        !isMaking && (
          <Button size="small" onClick={() => setIsMaking(true)}>
            <Plus aria-hidden className="size-3.5" /> New rule
          </Button>
        )
      }
    >
      {isMaking && (
        <NewRuleForm
          close={() => setIsMaking(false)}
          onCreated={() => {
            setIsMaking(false);
            refresh();
          }}
        />
      )}
      {list.isError && <Note>Couldn't load rules. {list.error.message}</Note>}
      {list.isPending && <Note>Loading…</Note>}
      {list.data?.items.length === 0 && !isMaking && (
        <Note>No rules. Add one to allow, ask before or deny tool calls in all your sessions.</Note>
      )}
      {list.data?.items.map((rule: ApprovalRule) => (
        <RuleRow
          key={rule.id}
          rule={rule}
          isBusy={remove.isPending}
          remove={() => remove.mutate({ ruleId: rule.id })}
        />
      ))}
    </Section>
  );
}
