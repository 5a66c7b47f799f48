import { type RefObject, useEffect } from "react";

type FormField = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const valueOf = (field: FormField): string | boolean =>
  field instanceof HTMLInputElement && field.type === "checkbox" ? field.checked : field.value;

/** Of a form: a choice beside a heading is no more than how something is shown. */
function isFormField(target: EventTarget | null): target is FormField {
  const isField =
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement;
  return isField && target.form !== null;
}

/** Has the browser ask before the page goes, while the forms within the frame hold what was typed and not saved. */
export function useUnsavedGuard(frame: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const page = new AbortController();
    const { signal } = page;
    /** What fields held when they were first gone to. */
    const starts = new Map<FormField, string | boolean>();
    const ask = (event: BeforeUnloadEvent): void => {
      const isUnsaved = [...starts].some(([field, start]) => field.isConnected && valueOf(field) !== start);
      if (isUnsaved) event.preventDefault();
    };
    frame.current?.addEventListener(
      "focusin",
      ({ target }) => {
        if (isFormField(target) && !starts.has(target)) starts.set(target, valueOf(target));
      },
      { signal },
    );
    // A page that listens may not be kept by the browser for who goes back to it (Firefox): not before it has to be.
    frame.current?.addEventListener("input", () => window.addEventListener("beforeunload", ask, { signal }), {
      signal,
    });
    return () => page.abort();
  }, [frame]);
}
