import { expect, it } from "vitest";
import { type SeenRefusal, undeclaredReasons } from "./undeclared-reasons.ts";

const ID = "0199c7a4-0000-7000-8000-000000000000";

function refusal(reason: string, path?: string, more: Partial<SeenRefusal> = {}): SeenRefusal {
  const body = JSON.stringify({ error: { message: "", code: 1, data: { reason, path } } });
  return { method: "GET", url: "http://127.0.0.1:9/trpc/x", body, ...more };
}

it("accepts what a procedure declares, and what anything may refuse for", () => {
  expect(
    undeclaredReasons([
      refusal("session_busy", "task.submit"),
      refusal("rate_limited", "user.me"),
      refusal("storage_full", "project.create"),
    ]),
  ).toEqual([]);
});

it("finds a reason that its procedure does not declare, once", () => {
  const found = refusal("session_busy", "user.me");
  expect(undeclaredReasons([found, found])).toEqual(["user.me refused with 'session_busy'"]);
});

it("finds one in a batch", () => {
  const batch = [{ result: {} }, JSON.parse(refusal("storage_full", "user.me").body)];
  expect(undeclaredReasons([{ ...refusal(""), body: JSON.stringify(batch) }])).toHaveLength(1);
});

it("compares files, which are no procedures, with their routes in OpenAPI, below any base path", () => {
  const url = `http://127.0.0.1:9/agents/api/sessions/${ID}/files/a/b.txt`;
  expect(undeclaredReasons([refusal("workspace_archived", undefined, { url })])).toEqual([]);
  expect(undeclaredReasons([refusal("session_busy", undefined, { url })])).toHaveLength(1);
});

it("leaves out what is not of this API", () => {
  const html = { ...refusal("x"), body: "<p>Bad gateway" };
  const others = { ...refusal("x"), body: JSON.stringify({ error: "invalid_grant" }) };
  expect(
    undeclaredReasons([html, others, refusal("forbidden", undefined, { url: "http://127.0.0.1:9/sign-in" })]),
  ).toEqual([]);
});
