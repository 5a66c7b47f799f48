import type { ApprovalRule } from "@trunkline/contract";
import type { Store, StoredSession } from "../store/port.ts";

/** A session's own rules, newest first. Those of an imported log hold nowhere. */
export async function sessionRules(
  { events }: Pick<Store, "events">,
  { id: sessionId, importedSeq }: Pick<StoredSession, "id" | "importedSeq">,
): Promise<ApprovalRule[]> {
  const rules = new Map<string, ApprovalRule>();
  const range = { after: importedSeq };
  for await (const event of events.ofTypes(sessionId, ["rule.created", "rule.deleted"], range)) {
    if (event.type === "rule.deleted") rules.delete(event.data.ruleId);
    else {
      const { ruleId: id, by: createdBy, approvalId: _, ...rule } = event.data;
      rules.set(id, { ...rule, id, level: "session", sessionId, createdBy, createdAt: event.at });
    }
  }
  return [...rules.values()].toReversed();
}
