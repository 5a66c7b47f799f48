/**
 * Keeps the page above a phone's keyboard in browsers that overlay it (Safari): `--keyboard-inset` is the covered
 * height.
 *
 * @returns a function that stops it.
 */
export function keepAboveKeyboard(): () => void {
  const viewport = window.visualViewport;
  if (viewport === null) return () => {};
  const measure = (): void => {
    // Pinch zoom shrinks the visual viewport, too, and must not squeeze the page.
    const covered = viewport.scale > 1.01 ? 0 : Math.max(0, window.innerHeight - viewport.height);
    document.documentElement.style.setProperty("--keyboard-inset", `${Math.round(covered)}px`);
  };
  viewport.addEventListener("resize", measure);
  return () => viewport.removeEventListener("resize", measure);
}
