import { useEffect, useEffectEvent, useState } from "react";

/** Takes files that are dropped anywhere on the page: dropped beside the composer, they would replace the page. */
export function useFileDrop(take: (files: File[], refused: string[]) => void): { isOver: boolean } {
  const [isOver, setIsOver] = useState(false);
  const onDrop = useEffectEvent((event: DragEvent) => {
    setIsOver(false);
    // A field within a dialog has nowhere to put them.
    if (!holdsFiles(event) || document.querySelector("[role=dialog]") !== null) return;
    const folders: string[] = [];
    const files: File[] = [];
    for (const item of event.dataTransfer?.items ?? []) {
      const file = item.getAsFile();
      if (file === null) continue;
      if (item.webkitGetAsEntry()?.isDirectory === true) {
        folders.push(`${file.name} is a folder; attach the files in it.`);
      } else files.push(file);
    }
    take(files, folders);
  });
  useEffect(() => {
    const page = new AbortController();
    const on = (type: "dragover" | "dragleave" | "drop", does: (event: DragEvent) => void): void =>
      window.addEventListener(type, does, { signal: page.signal });
    on("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    });
    // Out of the window, not from one element to another.
    on("dragleave", (event) => {
      if (event.relatedTarget === null) setIsOver(false);
    });
    on("drop", (event) => {
      if (holdsFiles(event)) event.preventDefault();
      onDrop(event);
    });
    return () => page.abort();
  }, []);
  return { isOver };
}

const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") === true;
