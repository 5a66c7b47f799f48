/**
 * Keeps the page above a phone's keyboard where the browser lays it over the page instead of making room for it
 * (Safari does): `--keyboard-inset` is how much of the page it covers.
 *
 * @returns what ends it.
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
