/**
 * A double click is one click: its second half would act once more, on the same or on what has come to be under the
 * pointer, such as the next row's button, or a confirmation. Controls that are pressed in quick succession have
 * `data-repeats`.
 *
 * @returns a function that stops it
 */
export function watchDoubleClicks(): () => void {
  const page = new AbortController();
  window.addEventListener(
    "click",
    (event) => {
      if (event.detail < 2 || !(event.target instanceof Element)) return;
      const control = event.target.closest("button, [role=menuitem], [role=option]");
      if (control === null || control.closest("[data-repeats]") !== null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true, signal: page.signal },
  );
  return () => page.abort();
}
