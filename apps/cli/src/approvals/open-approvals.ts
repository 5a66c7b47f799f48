import { endStateOf } from "@trunkline/client";
import type { EventDataOf, SessionEvent } from "@trunkline/contract";

/** A call that waits for somebody. */
export type OpenApproval = EventDataOf<"approval.requested">;

/** What a session's events leave open, the oldest first. */
export class OpenApprovals {
  readonly #open = new Map<string, { approval: OpenApproval; taskId: string | null }>();

  get first(): OpenApproval | null {
    const [first] = this.#open.values();
    return first?.approval ?? null;
  }

  forget(approvalId: string): void {
    this.#open.delete(approvalId);
  }

  apply(event: SessionEvent): void {
    if (event.type === "approval.requested") {
      this.#open.set(event.data.approvalId, { approval: event.data, taskId: event.taskId });
    } else if (event.type === "approval.answered" || event.type === "approval.expired") {
      this.#open.delete(event.data.approvalId);
    } else if (endStateOf(event) !== null) {
      for (const [id, { taskId }] of this.#open) if (taskId === event.taskId) this.#open.delete(id);
    }
  }
}
