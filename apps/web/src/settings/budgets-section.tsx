import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { BudgetLimits, BudgetState, Spent } from "@trunkline/contract";
import { type SubmitEvent, useState } from "react";
import { useTRPC } from "../api/trpc.ts";
import { useProjects } from "../projects/use-projects.ts";
import { money } from "../sessions/session-words.ts";
import { compactCount } from "../text/quantity.ts";
import { revealHidden } from "../text/reveal-hidden.ts";
import { moment } from "../text/time.ts";
import { Button } from "../ui/button.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { showToast } from "../ui/toasts.ts";
import { changedFields } from "./changed-fields.ts";
import { FIELD, Fields, Labeled } from "./fields.tsx";
import { KEPT } from "./kept.ts";
import { Note, Section } from "./section.tsx";
import { limitOf } from "./usage-words.ts";

type Ref = { scope: "user" | "server" } | { scope: "project"; id: string };

/** Limits of what tasks may use, and what is used of them. */
export function BudgetsSection({ isAdmin }: { isAdmin: boolean }) {
  const { data: projects = [] } = useProjects();
  const [place, setPlace] = useState("user");
  const ref: Ref =
    place === "user" || place === "server" ? { scope: place } : { scope: "project", id: place };
  return (
    <Section
      title="Budgets"
      action={
        <select
          value={place}
          aria-label="Whose budget"
          onChange={(event) => setPlace(event.target.value)}
          className="h-7 max-w-48 rounded-md border border-line bg-background px-2 text-xs max-md:h-9 max-md:text-[16px]"
        >
          <option value="user">Yours</option>
          {isAdmin && <option value="server">All users together</option>}
          {projects.map(({ id, name }) => (
            <option key={id} value={id}>
              {revealHidden(name)}
            </option>
          ))}
        </select>
      }
    >
      <Budget key={place} budget={ref} />
    </Section>
  );
}

function Budget({ budget }: { budget: Ref }) {
  const trpc = useTRPC();
  const { data, error, isPending, refetch } = useQuery(trpc.budget.get.queryOptions(budget, KEPT));
  const [isEditing, setIsEditing] = useState(false);
  if (isPending) return <Skeleton className="m-4 h-20" />;
  if (data === undefined) {
    return (
      <div role="alert" className="flex items-center gap-3 px-4 py-2.5 text-sm text-muted">
        <span className="grow">Couldn't load the budget. {error.message}</span>
        <Button size="small" onClick={() => void refetch()}>
          Retry
        </Button>
      </div>
    );
  }
  if (isEditing) return <BudgetForm budget={budget} state={data} close={() => setIsEditing(false)} />;
  return (
    <>
      <Period name="This month" limits={data.month} operator={data.operator.month} spent={data.spent.month} />
      <Period name="In total" limits={data.total} operator={data.operator.total} spent={data.spent.total} />
      <div className="flex items-center gap-3 px-4 py-2.5">
        <p className="grow text-xs text-muted">
          The month ends {moment(data.monthEndsAt)} (UTC). A task that exceeds a budget fails.
        </p>
        <Button size="small" onClick={() => setIsEditing(true)}>
          Change limits
        </Button>
      </div>
    </>
  );
}

interface PeriodProps {
  name: string;
  limits: BudgetLimits;
  /** Set in the server's configuration. */
  operator: BudgetLimits;
  spent: Spent;
}

function Period({ name, limits, operator, spent }: PeriodProps) {
  const least = (a?: number, b?: number): number | undefined =>
    a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
  return (
    <div className="flex items-baseline gap-4 px-4 py-2.5 text-sm max-sm:flex-col max-sm:gap-1">
      <span className="w-36 shrink-0 text-muted">{name}</span>
      <div className="grid min-w-0 grow grid-cols-2 gap-x-6 gap-y-1 tabular-nums">
        <Use
          name="Cost"
          spent={spent.costUsd}
          limit={least(limits.costUsd, operator.costUsd)}
          words={money}
        />
        <Use
          name="Tokens"
          spent={spent.tokens}
          limit={least(limits.tokens, operator.tokens)}
          words={compactCount}
        />
      </div>
    </div>
  );
}

function Use({
  name,
  spent,
  limit,
  words,
}: {
  name: string;
  spent: number;
  limit: number | undefined;
  words: (value: number) => string;
}) {
  const part = limit === undefined ? 0 : Math.min(1, spent / limit);
  return (
    <div translate="no">
      <p className="flex justify-between gap-2">
        <span className="text-muted">{name}</span>
        <span>
          {words(spent)}
          <span className="text-muted">{limit === undefined ? " · no limit" : ` of ${words(limit)}`}</span>
        </span>
      </p>
      {limit !== undefined && (
        <div className="mt-1 h-1 overflow-hidden rounded-full bg-selected">
          <div
            style={{ width: `${part * 100}%` }}
            className={part >= 1 ? "h-full bg-failed" : part >= 0.8 ? "h-full bg-waits" : "h-full bg-accent"}
          />
        </div>
      )}
    </div>
  );
}

function BudgetForm({ budget, state, close }: { budget: Ref; state: BudgetState; close: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [start] = useState(state);
  const [month, setMonth] = useState(textOf(start.month.costUsd));
  const [total, setTotal] = useState(textOf(start.total.costUsd));
  const [monthTokens, setMonthTokens] = useState(textOf(start.month.tokens));
  const [totalTokens, setTotalTokens] = useState(textOf(start.total.tokens));
  const save = useMutation(
    trpc.budget.set.mutationOptions({
      onSuccess: (next) => {
        queries.setQueryData(trpc.budget.get.queryKey(budget), next);
        close();
      },
      onError: (error) => showToast("Couldn't change the budget", { detail: error.message, level: "error" }),
    }),
  );
  const limits = {
    month: withLimits(start.month, limitOf(month, false), limitOf(monthTokens, true)),
    total: withLimits(start.total, limitOf(total, false), limitOf(totalTokens, true)),
  };
  const { month: forMonth, total: forAll } = limits;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (forMonth === null || forAll === null) return;
    const next = changedFields(
      { month: start.month, total: start.total },
      { month: forMonth, total: forAll },
    );
    save.mutate({ ...budget, ...next });
  };
  return (
    <form aria-label="Limits" onSubmit={submit} className="flex flex-col gap-3 px-4 py-3">
      <Fields isSaving={save.isPending}>
        <div className="grid grid-cols-2 gap-3">
          <Limit label="Cost per month, US$" value={month} change={setMonth} />
          <Limit label="Tokens per month" value={monthTokens} change={setMonthTokens} />
          <Limit label="Cost in total, US$" value={total} change={setTotal} />
          <Limit label="Tokens in total" value={totalTokens} change={setTotalTokens} />
        </div>
      </Fields>
      <p className="text-xs text-muted">
        Empty: no limit. With a limit of cost, models whose price is unknown can't be used.
      </p>
      {(forMonth === null || forAll === null) && <Note>A limit is a positive number; tokens are whole.</Note>}
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button
          type="submit"
          look="primary"
          disabled={save.isPending || forMonth === null || forAll === null}
        >
          Save limits
        </Button>
      </div>
    </form>
  );
}

function Limit({ label, value, change }: { label: string; value: string; change: (value: string) => void }) {
  return (
    <Labeled label={label}>
      <input
        inputMode="decimal"
        autoComplete="off"
        value={value}
        placeholder="No limit"
        onChange={(event) => change(event.target.value)}
        className={FIELD}
      />
    </Labeled>
  );
}

const textOf = (limit: number | undefined): string => (limit === undefined ? "" : String(limit));

/** Limits of other kinds stay. @returns null if one is not a number */
function withLimits(
  { costUsd: _cost, tokens: _tokens, ...others }: BudgetLimits,
  costUsd: number | undefined | null,
  tokens: number | undefined | null,
): BudgetLimits | null {
  if (costUsd === null || tokens === null) return null;
  return { ...others, ...(costUsd !== undefined && { costUsd }), ...(tokens !== undefined && { tokens }) };
}
