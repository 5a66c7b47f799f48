import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

/** What is open in a session's files, while the page lives. */
interface FilesPlace {
  /** Open directories. */
  open: ReadonlySet<string>;
  /** The file that is shown; null: the tree. */
  file: string | null;
}

const NOTHING: FilesPlace = { open: new Set(), file: null };
const places = createStore<Readonly<Record<string, FilesPlace>>>(() => ({}));

function change(sessionId: string, next: (place: FilesPlace) => FilesPlace): void {
  places.setState((all) => ({ ...all, [sessionId]: next(all[sessionId] ?? NOTHING) }), true);
}

export function useFilesPlace(sessionId: string) {
  const { open, file } = useStore(places, (all) => all[sessionId] ?? NOTHING);
  return {
    open,
    file,
    toggle: (path: string) =>
      change(sessionId, (place) => {
        const next = new Set(place.open);
        if (!next.delete(path)) next.add(path);
        return { ...place, open: next };
      }),
    show: (path: string | null) => showFile(sessionId, path),
  };
}

/** @param path null: the tree. */
export function showFile(sessionId: string, path: string | null): void {
  change(sessionId, (place) => ({ ...place, file: path }));
}
