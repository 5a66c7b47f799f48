import type { EventDataOf, EventType, SessionEvent } from "@trunkline/contract";
import picocolors from "picocolors";
import { expect, it } from "vitest";
import { SessionUpdates } from "../acp/session-updates.ts";
import { checkNetwork } from "../doctor/check-server.ts";
import { Transcript } from "./transcript.ts";

/** Of a newer server: an event with a value that this version has no word for. */
function event<T extends EventType>(type: T, data: Partial<EventDataOf<T>>): SessionEvent {
  return { sessionId: "s", taskId: "t", seq: 1, at: 1_000, type, data } as SessionEvent;
}

const NEWER = "newer\u001b[2J" as never;

it.each<[EventType, SessionEvent[], string]>([
  [
    "tool.ended",
    [
      event("tool.called", { callId: "1", tool: "bash", input: { command: "ls" } }),
      event("tool.ended", { callId: "1", status: NEWER, output: "", durationMs: 12 }),
    ],
    "bash  ls  newer",
  ],
  ["notice", [event("notice", { level: NEWER, message: "Look" })], "Look"],
  ["plan.updated", [event("plan.updated", { items: [{ text: "Bake", status: NEWER }] })], "☐ Bake"],
  [
    "network.refused",
    [event("network.refused", { host: "example.org", port: 443, reason: NEWER })],
    "No network access to example.org: newer",
  ],
  [
    "approval.answered",
    [event("approval.answered", { approvalId: "a", decision: NEWER, by: "ann" })],
    "newer",
  ],
  ["setup.ended", [event("setup.ended", { status: NEWER, durationMs: 1, output: "" })], "Setup newer"],
])("shows what a newer server says in %s", (_, events, says) => {
  const transcript = new Transcript({
    colors: picocolors.createColors(false),
    width: Number.POSITIVE_INFINITY,
    maxOutputLines: Number.POSITIVE_INFINITY,
    prompts: true,
    answers: "command",
    command: (...words) => words.join(" "),
  });
  const text = events.map((each) => transcript.print(each)).join("");
  expect(text).toContain(says);
  expect(text).not.toContain("undefined");
  expect(text).not.toContain("\u001b");
});

it("tells editors of a step's newer state as one that is to do", () => {
  const updates = new SessionUpdates({ workspace: "/", isOwn: () => false });
  const items = [{ text: "Bake", status: NEWER }];
  expect(updates.of(event("plan.updated", { items }))).toMatchObject([{ entries: [{ status: "pending" }] }]);
});

it("names a newer network mode as it is", () => {
  expect(checkNetwork("vpn" as never, { active: true })).toMatchObject({ message: "vpn" });
});
