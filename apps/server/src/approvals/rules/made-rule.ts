import type { EventDataOf } from "@trunkline/contract";
import { v7 as uuidv7 } from "uuid";
import type { AppendOptions, StoredDraft } from "../../store/port.ts";
import type { RuleToMake } from "../port.ts";

/**
 * The rule of an answer with `always`, to be stored in the answer's own commit: as an event where it is the session's, as a row
 * where it reaches beyond.
 */
export function madeRule(
  { level, projectId, ...terms }: RuleToMake,
  answer: { approvalId: string; taskId: string; ownerId: string; by: string; at: number },
): {
  told: EventDataOf<"approval.answered">["rule"];
  event?: StoredDraft;
  stored?: NonNullable<AppendOptions["rule"]>;
} {
  const { approvalId, taskId, ownerId, by, at } = answer;
  const ruleId = uuidv7();
  const told = { ...terms, ruleId, level };
  if (level === "session") {
    const data = { ...terms, ruleId, effect: "allow", expiresAt: null, by, approvalId } as const;
    return { told, event: { taskId, type: "rule.created", data } };
  }
  const stored = {
    ...terms,
    id: ruleId,
    ownerId,
    ...(projectId !== undefined && { projectId }),
    effect: "allow" as const,
    createdBy: by,
    createdAt: at,
    expiresAt: null,
  };
  return { told, stored };
}
