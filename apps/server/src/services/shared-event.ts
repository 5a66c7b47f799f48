import type { SessionEvent } from "@trunkline/contract";

/** Who did something, for readers who are not to know them. */
const SOMEBODY = "a person";

/** Names of what is no person: they tell a reader what happened. */
const NOT_PEOPLE: ReadonlySet<string> = new Set(["server", "restore"]);

/** Fields that say where on the server, by which machine or under which key: of no use to a reader. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "node",
  "directory",
  "workspace",
  "idempotencyKey",
  "requestHash",
  "providerMetadata",
]);

/**
 * An event as the holder of a shared link gets it: what happened, without the names of people, places of the server, what only
 * a provider understands, and the project's own instructions, which are settings.
 */
export function sharedEvent(event: SessionEvent): SessionEvent {
  const data: Record<string, unknown> = Object.fromEntries(
    Object.entries(event.data).filter(([field]) => !LEFT_OUT.has(field)),
  );
  if (typeof data["by"] === "string" && !NOT_PEOPLE.has(data["by"])) data["by"] = SOMEBODY;
  if (event.type === "step.ended") {
    data["toolCalls"] = event.data.toolCalls.map(({ providerMetadata: _opaque, ...call }) => call);
  }
  if (event.type === "instructions.read") {
    data["documents"] = event.data.documents.map((document) =>
      document.source === "project" ? { ...document, text: "" } : document,
    );
  }
  return { ...event, data } as SessionEvent;
}
