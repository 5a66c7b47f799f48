import type { PointerEvent } from "react";

/**
 * Properties of an element whose tooltip is made when the element is pointed at: a date in words takes many milliseconds
 * the first time, which no first paint should wait for.
 */
export const lateTitle = (text: () => string) => ({
  onPointerEnter: ({ currentTarget }: PointerEvent<HTMLElement>): void => {
    currentTarget.title = text();
  },
});
