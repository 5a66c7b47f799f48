import type { ApprovalRow, NoticeRow } from "@trunkline/contract/session-view";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { changeWords } from "../changes/change-words.ts";
import { statusOfSession, statusOfTask } from "../sessions/status.ts";
import { StatusMark } from "../sessions/status-mark.tsx";
import { ApprovalLine } from "./approval-line.tsx";
import { publishedWords } from "./files-words.ts";
import { NoticeLine } from "./notice-line.tsx";
import { StateMark } from "./state-mark.tsx";
import { toolWords } from "./tool-words.ts";

/** A value of a newer server, in a page from before it was updated. */
const NEWER = "newer" as never;

it("shows a call of a newer kind as any other tool's", () => {
  const call = { tool: "deploy", toolKind: NEWER, title: "prod", input: {} };
  expect(toolWords(call)).toMatchObject({ verb: "deploy", target: "prod" });
});

it("shows a newer state of a session or a task as one that goes on", () => {
  const session = { status: NEWER, currentTask: null };
  expect([statusOfTask(NEWER), statusOfSession(session)]).toEqual(["running", "running"]);
  expect(renderToStaticMarkup(<StatusMark status={statusOfSession(session)} />)).toContain("Running");
});

it("shows the rest of a row whose state is newer", () => {
  expect(renderToStaticMarkup(<StateMark state={NEWER} />)).toBe("");
  const notice = { level: NEWER, message: "Look" } as Partial<NoticeRow> as NoticeRow;
  expect(renderToStaticMarkup(<NoticeLine row={notice} />)).toContain("Look");
  const approval = {
    state: NEWER,
    tool: "bash",
    toolKind: "execute",
    input: { command: "npm test" },
    by: null,
    note: null,
    reason: "",
  } as Partial<ApprovalRow> as ApprovalRow;
  const shown = renderToStaticMarkup(<ApprovalLine row={approval} />);
  expect(shown).toContain("newer");
  expect(shown).toContain("npm test");
});

it("has words for newer kinds of changes and publications", () => {
  expect(changeWords(NEWER)).toMatchObject({ letter: "M" });
  expect(publishedWords({ kind: NEWER })).toBe("Published");
});
