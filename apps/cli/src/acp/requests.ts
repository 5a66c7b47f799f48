import type { AgentContext, PermissionOption, RequestPermissionResponse } from "@agentclientprotocol/sdk";
import type { TrunklineClient } from "@trunkline/client";
import { OpenApprovals, OpenQuestions, type SessionEvent } from "@trunkline/contract";
import { describeRule } from "../approvals/ask-decision.ts";
import type { SessionUpdates } from "./session-updates.ts";
import { whenReachable } from "./when-reachable.ts";

type OpenApproval = NonNullable<OpenApprovals["first"]>;
export type OpenQuestion = NonNullable<OpenQuestions["first"]>;

export interface SessionRequestsDeps {
  client: TrunklineClient;
  editor: AgentContext;
  /** As the editor knows it; of a subagent, the session above it. */
  sessionId: string;
  updates: SessionUpdates;
  signal: AbortSignal;
}

/** What a session waits for: approvals are asked for in the editor, and withdrawn there once somebody answers elsewhere. */
export class SessionRequests {
  readonly #deps: SessionRequestsDeps;
  readonly #approvals = new OpenApprovals();
  readonly #questions = new OpenQuestions();
  readonly #asked = new Map<string, AbortController>();
  readonly #open = new Map<string, OpenApproval>();

  constructor(deps: SessionRequestsDeps) {
    this.#deps = deps;
  }

  /** The oldest question that is open; null: none. */
  get question(): OpenQuestion | null {
    return this.#questions.first;
  }

  /** It was answered here. */
  forgetQuestion(id: string): void {
    this.#questions.forget(id);
  }

  /** Takes notice of the event. */
  apply(event: SessionEvent): void {
    for (const { id } of this.#approvals.apply(event)) {
      this.#open.delete(id);
      this.#asked.get(id)?.abort();
    }
    this.#questions.apply(event);
    if (event.type === "approval.requested") {
      const open = this.#approvals.of(event.taskId).find(({ id }) => id === event.data.approvalId);
      if (open !== undefined) this.#open.set(open.id, open);
    }
  }

  /** Asks for what is open, each once. */
  settle(): void {
    for (const [id, approval] of this.#open) {
      if (this.#asked.has(id)) continue;
      const withdraw = new AbortController();
      this.#asked.set(id, withdraw);
      void this.#ask(approval, withdraw.signal);
    }
  }

  /** Where the editor does not answer, others may. */
  async #ask({ id: approvalId, request }: OpenApproval, withdrawn: AbortSignal): Promise<void> {
    const { client, editor, sessionId, updates, signal } = this.#deps;
    const { always, reason } = request;
    const options: PermissionOption[] = [
      { optionId: "allow", name: "Allow", kind: "allow_once" },
      ...(always === undefined
        ? []
        : [
            {
              optionId: "always",
              name: describeRule(always).replace(/, without asking\?$/, ""),
              kind: "allow_always" as const,
            },
          ]),
      { optionId: "deny", name: "Deny", kind: "reject_once" },
    ];
    try {
      const { outcome } = await editor.request<RequestPermissionResponse>(
        "session/request_permission",
        {
          sessionId,
          toolCall: {
            ...updates.described(request),
            status: "pending",
            content: [{ type: "content", content: { type: "text", text: reason } }],
          },
          options,
        },
        { cancellationSignal: AbortSignal.any([withdrawn, signal]), stopWaitingOnCancel: true },
      );
      const decision = decisionOf(outcome.outcome === "selected" ? outcome.optionId : null);
      if (decision === null) return;
      await whenReachable(() => client.approval.answer.mutate({ approvalId, decision }), signal);
    } catch {
      // Withdrawn, answered by somebody else, or asked of an editor that knows no such request: it is open elsewhere.
    }
  }
}

function decisionOf(optionId: string | null): "allow" | "always" | "deny" | null {
  return optionId === "allow" || optionId === "always" || optionId === "deny" ? optionId : null;
}
