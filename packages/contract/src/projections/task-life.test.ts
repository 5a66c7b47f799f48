import { expect, it } from "vitest";
import { EVENT_TYPES, type EventBody } from "../event.ts";
import { nextTaskState, TASK_ACTIONS, TASK_STATES, TERMINAL_TASK_STATES } from "../task-state.ts";
import { endStateOf, taskActionOf } from "./task-life.ts";

it("has one event for each action, which ends a task just where the action does", () => {
  const actions = EVENT_TYPES.flatMap((type) => taskActionOf(type) ?? []);
  expect(actions.toSorted()).toEqual([...TASK_ACTIONS].toSorted());
  for (const type of EVENT_TYPES) {
    const action = taskActionOf(type);
    const reached = new Set(
      action === null ? [] : TASK_STATES.flatMap((state) => nextTaskState(state, action) ?? []),
    );
    const end = endStateOf({ type } as Pick<EventBody, "type">);
    expect(
      [...reached].filter((state) => (TERMINAL_TASK_STATES as readonly string[]).includes(state)),
    ).toEqual(end === null ? [] : [end]);
  }
});

it("takes a type that it does not know for no end", () => {
  expect(endStateOf({ type: "toString" as "notice" })).toBeNull();
});
