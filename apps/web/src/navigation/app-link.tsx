"use client";

import type { ComponentProps, MouseEvent } from "react";
import { placed } from "./base-path.ts";
import { navigate } from "./navigate.ts";

/** A link within the UI. In a new tab or with a modifier key, the browser handles it. */
export function AppLink({ href, onClick, children, ...props }: ComponentProps<"a"> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !isPlain) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a href={placed(href)} onClick={follow} {...props}>
      {children}
    </a>
  );
}
