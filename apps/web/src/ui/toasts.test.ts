import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { afterSeenFor } from "./shown-time.ts";
import { dismissToast, showToast, toasts } from "./toasts.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  for (const { id } of toasts.getState()) dismissToast(id);
});

it("a note goes once it could be seen for its time: not while the page is hidden", () => {
  let isSeen = false;
  const end = vi.fn();
  afterSeenFor(15_000, () => isSeen, end);
  vi.advanceTimersByTime(60_000);
  expect(end).not.toHaveBeenCalled();
  isSeen = true;
  vi.advanceTimersByTime(10_000);
  isSeen = false;
  vi.advanceTimersByTime(60_000);
  isSeen = true;
  vi.advanceTimersByTime(4_000);
  expect(end).not.toHaveBeenCalled();
  vi.advanceTimersByTime(2_000);
  expect(end).toHaveBeenCalledOnce();
});

it("nor does a page count that was busy: its timers come late, and once", () => {
  vi.useRealTimers();
  const end = vi.fn();
  const stop = afterSeenFor(1_000, () => true, end);
  const until = performance.now() + 1_200;
  while (performance.now() < until);
  return new Promise<void>((resolve) => {
    setTimeout(() => {
      expect(end).not.toHaveBeenCalled();
      stop();
      resolve();
    }, 0);
  });
});

it("makes room by those that can't be acted on, the oldest first", () => {
  showToast("Session archived", { action: { label: "Undo", run: () => {} } });
  for (const text of ["one", "two", "three"]) showToast(text);
  expect(toasts.getState().map(({ text }) => text)).toEqual(["Session archived", "two", "three"]);
  for (const text of ["four", "five", "six"]) showToast(text, { link: { label: "Show", href: "/" } });
  expect(toasts.getState().map(({ text }) => text)).toEqual(["four", "five", "six"]);
});
