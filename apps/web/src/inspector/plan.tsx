import type { SessionEvent } from "@trunkline/contract";
import { clsx } from "clsx";
import { Circle, CircleCheck, CircleDot, type LucideIcon } from "lucide-react";
import { useSessionState } from "../session-stream/use-open-session.ts";

const TO_DO = { icon: Circle, word: "To do", color: "text-faint" };
const LOOKS: Readonly<Record<string, { icon: LucideIcon; word: string; color: string }>> = {
  pending: TO_DO,
  active: { icon: CircleDot, word: "In progress", color: "text-runs" },
  done: { icon: CircleCheck, word: "Done", color: "text-done" },
};

/** The agent's latest plan; null if there is none. */
export function lastPlan(events: readonly SessionEvent[]) {
  const last = events.findLast((event) => event.type === "plan.updated");
  return last?.type === "plan.updated" ? last.data.items : null;
}

export function Plan() {
  const items = useSessionState(({ view }) => lastPlan(view.events)) ?? [];
  return (
    <section tabIndex={0} aria-label="Plan" className="h-full overflow-y-auto p-4">
      <ol className="flex flex-col gap-2">
        {items.map(({ text, status }, place) => {
          const { icon: Icon, word, color } = LOOKS[status] ?? TO_DO;
          return (
            // Plan items have no ids; their index identifies them.
            <li key={place} className="flex items-start gap-2.5 text-sm">
              <Icon aria-hidden className={clsx("mt-0.5 size-4 shrink-0", color)} strokeWidth={2} />
              <span className={clsx("min-w-0 break-words", status === "done" && "text-muted")}>
                <span className="sr-only">{word}: </span>
                {text}
              </span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
