/** Copies to the clipboard. @throws Error if the browser does not allow it. */
export async function copyText(text: string): Promise<void> {
  // On plain HTTP from another machine there is no clipboard API, only this.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard !== undefined) return clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  // An open dialog traps the focus; outside of it nothing could be selected or copied.
  const before = document.activeElement;
  (before?.closest("[role=dialog]") ?? document.body).append(area);
  area.select();
  const isSelected = document.activeElement === area;
  // oxlint-disable-next-line typescript/no-deprecated -- nothing else copies on a page that came over plain HTTP
  const done = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  if (!done || !isSelected) throw new Error("The browser refused to copy");
}
