import { AssertionError } from "node:assert";
import { describe, expect, test } from "vitest";
import * as check from "./event-log-checkers.ts";
import {
  answered,
  called,
  canceled,
  completed,
  delta,
  draft,
  inputRequired,
  interrupted,
  logOf,
  only,
  progress,
  requested,
  resumed,
  SESSION_ID,
  started,
  submitted,
  TASK_A,
  TASK_B,
  textEnded,
  toolEnded,
} from "./event-log-checkers/testing/sample-log.ts";

/** The check throws an AssertionError whose message matches. */
function expectRefusal(run: () => void, message: RegExp): void {
  expect(run).toThrow(AssertionError);
  expect(run).toThrow(message);
}

const whole = logOf(
  draft("session.created", { title: "", model: null }, null),
  submitted(TASK_A),
  started(TASK_A),
  submitted(TASK_B),
  called("c1"),
  toolEnded("c1"),
  interrupted(TASK_A),
  started(TASK_A, 2),
  textEnded("b1", "hello"),
  completed(TASK_A),
  started(TASK_B),
  completed(TASK_B),
);

test("a sound log passes every check", () => {
  check.assertLogHolds(whole);
  check.assertOnlySession(whole, SESSION_ID);
  check.assertStartedInOrder(whole);
  check.assertReceivedEqualsLog(whole, whole);
});

describe("assertSeqsIncrease", () => {
  test("holes are fine", () => check.assertSeqsIncrease(only(whole, 1, 3, 9)));
  test("a repeated event is not", () =>
    expectRefusal(
      () => check.assertSeqsIncrease(only(whole, 1, 2, 3, 2)),
      /seq 2 \(task.submitted\) is there twice/,
    ));
  test("a step back is not", () =>
    expectRefusal(() => check.assertSeqsIncrease(only(whole, 1, 3, 2)), /seq 2 .* comes after seq 3/));
  test("a seq of 0 is not", () =>
    expectRefusal(() => check.assertSeqsIncrease([{ ...whole[0]!, seq: 0 }]), /seq 0 .* no position/));
});

test("assertOnlySession finds a foreign event", () => {
  expectRefusal(
    () => check.assertOnlySession([whole[0]!, { ...whole[1]!, sessionId: "other" }], SESSION_ID),
    /seq 2 .* belongs to session other/,
  );
});

describe("assertOneTerminalEventPerTask", () => {
  test("a task without an end", () => {
    const log = logOf(submitted(), started());
    check.assertOneTerminalEventPerTask(log, { allowUnfinished: true });
    expectRefusal(() => check.assertOneTerminalEventPerTask(log), /submitted at seq 1 .* no terminal event/);
  });
  test("two ends", () =>
    expectRefusal(
      () => check.assertOneTerminalEventPerTask(logOf(submitted(), started(), completed(), canceled())),
      /ends a second time: seq 3 \(task.completed\), then seq 4 \(task.canceled\)/,
    ));
  test("something after the end", () =>
    expectRefusal(
      () =>
        check.assertOneTerminalEventPerTask(logOf(submitted(), started(), completed(), delta("b", "late"))),
      /seq 4 \(text.delta\) after its end, seq 3/,
    ));
  test("an end without a beginning", () =>
    expectRefusal(
      () => check.assertOneTerminalEventPerTask(logOf(completed())),
      /seq 1 .* was not submitted/,
    ));
});

describe("assertTransitionsAllowed", () => {
  test("queued tasks can be canceled", () => check.assertTransitionsAllowed(logOf(submitted(), canceled())));
  test.each([
    ["completed while queued", [submitted(), completed()], /is submitted; seq 2 \(task.completed\)/],
    ["started twice", [submitted(), started(), started(TASK_A, 2)], /is working; seq 3 \(task.started\)/],
    ["started again after its end", [submitted(), canceled(), started()], /is canceled; seq 3/],
    ["started unknown", [started()], /is unknown; seq 1/],
    ["submitted twice", [submitted(), submitted()], /submitted a second time at seq 2/],
    ["an attempt used twice", [submitted(), started(), interrupted(), started()], /attempt 1 at seq 4/],
  ])("%s", (_, drafts, message) =>
    expectRefusal(() => check.assertTransitionsAllowed(logOf(...drafts)), message),
  );
});

describe("assertOneActiveTask", () => {
  test("the next may start once the first is interrupted", () =>
    check.assertOneActiveTask(
      logOf(submitted(TASK_A), started(TASK_A), interrupted(TASK_A), started(TASK_B)),
    ));
  test("two at once", () =>
    expectRefusal(
      () =>
        check.assertOneActiveTask(
          logOf(started(TASK_A), submitted(TASK_B), started(TASK_B), completed(TASK_A)),
        ),
      new RegExp(`${TASK_B} is active from seq 3 .* while task ${TASK_A} is since seq 1`),
    ));
});

test("assertStartedInOrder finds a task that overtook", () => {
  expectRefusal(
    () =>
      check.assertStartedInOrder(
        logOf(submitted(TASK_A), submitted(TASK_B), started(TASK_B), started(TASK_A)),
      ),
    new RegExp(`${TASK_A} starts at seq 4`),
  );
});

describe("assertToolCallsEndOnce", () => {
  test("progress between call and end, and a denied call", () =>
    check.assertToolCallsEndOnce(
      logOf(called("c"), progress("c"), toolEnded("c"), toolEnded("d", "denied")),
    ));
  test("a call in flight, where that is allowed", () => {
    check.assertToolCallsEndOnce(logOf(called("c")), { allowUnfinished: true });
    expectRefusal(
      () => check.assertToolCallsEndOnce(logOf(called("c"))),
      /call c .* begun at seq 1 .* never ended/,
    );
  });
  test.each([
    ["begun twice", [called("c"), toolEnded("c"), called("c")], /begun twice: seq 1 .* then seq 3/],
    ["ended twice", [called("c"), toolEnded("c"), toolEnded("c")], /ended at seq 2 .* then comes seq 3/],
    [
      "progress after the end",
      [called("c"), toolEnded("c"), progress("c")],
      /then comes seq 3 \(tool.progress\)/,
    ],
    ["never begun", [toolEnded("c")], /seq 1 \(tool.ended\) but was not called/],
  ])("%s", (_, drafts, message) =>
    expectRefusal(() => check.assertToolCallsEndOnce(logOf(...drafts)), message),
  );
});

describe("assertPiecesBeginTheirBlocks", () => {
  test("all pieces, some, none, or a block without an end", () => {
    check.assertPiecesBeginTheirBlocks(logOf(delta("b", "hel"), delta("b", "lo"), textEnded("b", "hello")));
    check.assertPiecesBeginTheirBlocks(logOf(delta("b", "hel"), textEnded("b", "hello"), delta("b2", "x")));
  });
  test("a piece in the middle is missing", () => {
    const events = logOf(delta("b", "he"), delta("b", "lo"), textEnded("b", "hello"));
    expectRefusal(
      () => check.assertPiecesBeginTheirBlocks(events),
      /seq 3 \(text.ended\); at character 3 they say "o", the text says "lo"/,
    );
  });
  test("a subscriber from within may lack the beginning, but not have anything else", () => {
    const options = { fromWithin: true };
    check.assertPiecesBeginTheirBlocks(logOf(delta("b", "llo"), textEnded("b", "hello")), options);
    expectRefusal(
      () => check.assertPiecesBeginTheirBlocks(logOf(delta("b", "xx"), textEnded("b", "hello")), options),
      /seq 2/,
    );
  });
  test("more pieces than text", () =>
    expectRefusal(
      () => check.assertPiecesBeginTheirBlocks(logOf(delta("b", "hello!"), textEnded("b", "hello"))),
      /at character 5 they say "!", the text says ""/,
    ));
  test("a piece after the end", () =>
    expectRefusal(
      () => check.assertPiecesBeginTheirBlocks(logOf(textEnded("b", "a"), delta("b", "a"))),
      /ended at seq 1 .* then comes seq 2/,
    ));
});

test("assertNoPiecesOfEndedWholes finds what should be gone", () => {
  check.assertNoPiecesOfEndedWholes(logOf(delta("b1", "cut off"), textEnded("b2", "x")));
  expectRefusal(
    () => check.assertNoPiecesOfEndedWholes(logOf(called("c"), progress("c"), toolEnded("c"))),
    /ended at seq 3 .* piece seq 2 \(tool.progress\) is still there/,
  );
});

describe("assertReceivedEqualsLog", () => {
  const history = logOf(
    submitted(),
    started(),
    delta("b", "hel"),
    delta("b", "lo"),
    textEnded("b", "hello"),
    delta("b2", "unfinished"),
    completed(),
  );
  const stored = only(history, 1, 2, 5, 6, 7);

  test("pieces of an ended block may be on the subscriber's side only, or on none", () => {
    check.assertReceivedEqualsLog(history, stored);
    check.assertReceivedEqualsLog(stored, stored);
    check.assertReceivedEqualsLog(only(history, 1, 2, 3, 5, 6, 7), stored);
  });
  test("a cursor in the middle", () => {
    check.assertReceivedEqualsLog(only(history, 4, 5, 6, 7), stored, { after: 3 });
    expectRefusal(() => check.assertReceivedEqualsLog(history, stored, { after: 3 }), /cursor was 3/);
  });
  test("a subscriber who is behind, where that is allowed", () => {
    const behind = only(history, 1, 2, 3);
    check.assertReceivedEqualsLog(behind, stored, { allowBehind: true });
    check.assertReceivedEqualsLog([], stored, { allowBehind: true });
    expectRefusal(() => check.assertReceivedEqualsLog(behind, stored), /seq 5 .* was not received/);
  });
  test.each([
    [
      "a fact is missing",
      only(history, 1, 5, 6, 7),
      /seq 2 \(task.started\) is in the log but was not received/,
    ],
    ["a piece that the log still has is missing", only(history, 1, 2, 5, 7), /seq 6 .* was not received/],
    ["an event twice", only(history, 1, 2, 2, 5, 6, 7), /seq 2 .* twice/],
    ["out of order", only(history, 2, 1, 5, 6, 7), /seq 1 .* comes after seq 2/],
    ["a missing piece in between", only(history, 1, 2, 4, 5, 6, 7), /at character 0/],
  ])("%s", (_, received, message) =>
    expectRefusal(() => check.assertReceivedEqualsLog(received, stored), message),
  );

  test("a fact that the log lost", () =>
    expectRefusal(
      () => check.assertReceivedEqualsLog(history, only(history, 1, 5, 6, 7)),
      /seq 2 .* not in the log/,
    ));
  test("a piece that the log lost without its whole", () =>
    expectRefusal(
      () => check.assertReceivedEqualsLog(stored, only(history, 1, 2, 5, 7)),
      /seq 6 .* not in the log/,
    ));
  test("another content under the same seq", () => {
    const changed = history.map((event) => (event.seq === 7 ? { ...event, at: 0 } : event));
    expectRefusal(() => check.assertReceivedEqualsLog(changed, stored), /seq 7 .* was received as/);
  });
});

describe("approvals", () => {
  const asked = [submitted(), started(), requested("c1"), inputRequired()] as const;
  const checkAll = (...log: Parameters<typeof logOf>) => {
    check.assertRequestsAnsweredOnce(logOf(...log));
    check.assertApprovalsObeyed(logOf(...log));
  };

  test("allowed, then executed; denied, then not", () => {
    check.assertLogHolds(
      logOf(...asked, answered("c1", "allow"), resumed(), called("c1"), toolEnded("c1"), completed()),
    );
    check.assertLogHolds(
      logOf(...asked, answered("c1", "deny"), resumed(), toolEnded("c1", "denied"), completed()),
    );
    check.assertLogHolds(logOf(...asked, canceled()));
  });
  test.each([
    ["a second answer", [answered("c1", "allow"), answered("c1", "deny")], /is settled twice/],
    ["an answer to nothing", [answered("c2", "allow")], /was not requested before/],
    ["going on without an answer", [resumed()], /goes on at seq 5 .* is open/],
    ["a call without an answer", [called("c1")], /begins at seq 5 .* was not allowed/],
    ["a call that was denied", [answered("c1", "deny"), called("c1")], /begins at seq 6 .* was not allowed/],
    ["a denial that nobody spoke", [toolEnded("c1", "denied")], /nobody had said no/],
    ["waiting for nothing", [answered("c1", "allow"), inputRequired()], /nothing was asked/],
  ])("%s is refused", (_, wrong, message) => {
    expectRefusal(() => checkAll(...asked, ...wrong), message);
  });
});

test("assertRequestsAnsweredOnce holds questions to the same", () => {
  const questionId = "01900000-0000-7000-8000-0000000000aa";
  const ask = draft("question.asked", { questionId, callId: "c1", text: "Which?" });
  const waits = draft("task.input-required", { reason: "question" });
  const answer = draft("question.answered", { questionId, answer: { text: "This" }, by: "me" });
  const before = [submitted(), started(), ask, waits];
  check.assertRequestsAnsweredOnce(logOf(...before, answer, resumed(), completed()));
  check.assertRequestsAnsweredOnce(logOf(...before, canceled()));
  for (const [wrong, message] of [
    [[answer, answer], /is settled twice/],
    [[resumed()], /goes on at seq 5 .* is open/],
    [[answer, waits], /nothing was asked/],
  ] as const) {
    expectRefusal(() => check.assertRequestsAnsweredOnce(logOf(...before, ...wrong)), message);
  }
});
