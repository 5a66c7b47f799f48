// Runs in the reader's browser, also on a page that was opened as a file.
import type MiniSearch from "minisearch";
import type { SearchDocument } from "../search-documents.ts";

declare global {
  interface Window {
    MiniSearch: typeof MiniSearch;
    /** The index, as JSON. */
    searchIndex: string;
  }
}

const MAX_HITS = 12;

function start(): void {
  const field = document.querySelector<HTMLInputElement>("#search");
  const found = document.querySelector<HTMLOListElement>("#found");
  if (field === null || found === null) return;
  const up = document.body.dataset["up"] ?? "";
  const index = window.MiniSearch.loadJSON<SearchDocument>(window.searchIndex, {
    fields: ["heading", "page", "text"],
    storeFields: ["heading", "page"],
  });

  const hitsOf = (words: string): HTMLElement[] => {
    if (words === "") return [];
    const boost = { heading: 3, page: 2 };
    const hits = index.search(words, { prefix: true, combineWith: "AND", boost }).slice(0, MAX_HITS);
    if (hits.length === 0) return [item("Nothing found")];
    return hits.map((hit) => {
      const [page, heading] = [String(hit["page"]), String(hit["heading"])];
      const link = document.createElement("a");
      link.href = up + String(hit.id);
      link.textContent = heading === page ? page : `${page}: ${heading}`;
      return item(link);
    });
  };
  const show = (): void => {
    found.replaceChildren(...hitsOf(field.value.trim()));
    found.hidden = found.childElementCount === 0;
  };

  field.addEventListener("input", show);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement === document.body) {
      event.preventDefault();
      field.focus();
    }
    if (event.key === "Escape" && !found.hidden) {
      field.value = "";
      show();
      field.focus();
    }
  });
  // Where there is room, the list of documents is open.
  if (matchMedia("(min-width: 60rem)").matches)
    document.querySelector("nav details")?.setAttribute("open", "");
}

function item(content: string | Node): HTMLElement {
  const element = document.createElement("li");
  element.append(content);
  return element;
}

start();
