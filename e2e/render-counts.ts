import type { Page } from "@playwright/test";

declare global {
  /** In the page: how many components each commit of React rendered, since it was emptied. */
  var commits: number[];
}

interface Fiber {
  tag: number;
  flags: number;
  child: Fiber | null;
  sibling: Fiber | null;
  alternate: Fiber | null;
}

/**
 * Counts what React renders, by the hook that it has for its developer tools, in production, too. Unlike times, counts are the same on a busy
 * machine. For pages that are opened from now on.
 */
export async function countRenders(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.commits = [];
    /** Of React's fibers: function components, with a ref or memoised, and classes. */
    const components = new Set([0, 1, 11, 14, 15]);
    const PERFORMED_WORK = 1;
    const rendered = (parent: Fiber): number => {
      let count = 0;
      for (let fiber = parent.child; fiber !== null; fiber = fiber.sibling) {
        if (components.has(fiber.tag) && (fiber.flags & PERFORMED_WORK) !== 0) count += 1;
        // Below one whose children are the same as before, nothing was rendered.
        if (fiber.child !== fiber.alternate?.child) count += rendered(fiber);
      }
      return count;
    };
    Object.assign(globalThis, {
      __REACT_DEVTOOLS_GLOBAL_HOOK__: {
        supportsFiber: true,
        renderers: new Map(),
        inject: () => 1,
        onCommitFiberUnmount() {},
        onPostCommitFiberRoot() {},
        onCommitFiberRoot: (_: number, root: { current: Fiber }) => commits.push(rendered(root.current)),
      },
    });
  });
}
