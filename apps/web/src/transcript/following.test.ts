import { expect, it } from "vitest";
import { Following } from "./following.ts";

function following(): { state: Following; changes: boolean[] } {
  const changes: boolean[] = [];
  return { state: new Following((isOn) => changes.push(isOn)), changes };
}

it("G2: rows that grow and a frame that shrinks do not end it", () => {
  const { state, changes } = following();
  state.scrolled(100, 0, 300);
  state.scrolled(200, -40, 500);
  state.scrolled(300, 20, 80);
  expect(state.isOn).toBe(true);
  expect(changes).toEqual([]);
});

it("G2: a hand that scrolls up ends it, and the end brings it back", () => {
  const { state, changes } = following();
  state.up(100, true);
  expect(state.isOn).toBe(false);
  state.scrolled(110, -3, 3);
  state.scrolled(900, 1, 1);
  expect(changes).toEqual([false, true]);
});

it("G2: a scrollbar that is dragged, and a list that goes on moving after the finger let go, end it", () => {
  const dragged = following().state;
  dragged.hold(true);
  dragged.scrolled(5_000, -100, 100);
  expect(dragged.isOn).toBe(false);
  const thrown = following().state;
  thrown.up(100, false);
  thrown.scrolled(300, -5, 5);
  thrown.scrolled(600, -50, 55);
  expect(thrown.isOn).toBe(false);
});

it("G2: a key in a list that is too short to scroll ends nothing", () => {
  const { state, changes } = following();
  state.up(100, false);
  expect(changes).toEqual([]);
});

it("G2: a key on a busy page ends it, however late the list moves, and whatever scrolled to the end just before", () => {
  const { state, changes } = following();
  state.up(100, true);
  state.scrolled(120, 40, 0);
  state.scrolled(900, -400, 400);
  state.scrolled(950, -40, 440);
  expect(changes).toEqual([false]);
});

it("G2: who asks for the end is there, though the browser still draws out an earlier way up", () => {
  const { state, changes } = following();
  state.up(100, true);
  state.scrolled(110, -40, 40);
  state.follow();
  state.scrolled(120, 40, 0);
  state.scrolled(130, -30, 30);
  expect(changes).toEqual([false, true]);
  state.up(140, true);
  state.scrolled(150, -30, 30);
  expect(changes).toEqual([false, true, false]);
});

it("G2: a hand that changes its mind, and goes down to the end, is followed again", () => {
  const { state, changes } = following();
  state.up(100, true);
  state.down();
  state.scrolled(120, 3, 0);
  expect(changes).toEqual([false, true]);
});
