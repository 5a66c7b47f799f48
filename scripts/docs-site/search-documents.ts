import type { Options } from "minisearch";
import { pagePath } from "./pages.ts";
import type { RenderedPage } from "./render-page.ts";

export interface SearchDocument {
  /** The address of a section, from the site's root. */
  id: string;
  page: string;
  heading: string;
  text: string;
}

export const SEARCH_FIELDS: Options<SearchDocument> = {
  fields: ["heading", "page", "text"],
  storeFields: ["heading", "page"],
};

/** A document for each section of each page, so that a hit leads to where it is. */
export function searchDocuments(pages: ReadonlyMap<string, RenderedPage>): SearchDocument[] {
  const documents: SearchDocument[] = [];
  for (const [file, { title, body, headings }] of pages) {
    for (const [index, { text, id }] of headings.entries()) {
      const next = headings[index + 1];
      const start = body.indexOf(`id="${id}"`);
      const section = body.slice(start, next === undefined ? undefined : body.indexOf(`id="${next.id}"`));
      documents.push({ id: `${pagePath(file)}#${id}`, page: title, heading: text, text: textOf(section) });
    }
  }
  return documents;
}

function textOf(html: string): string {
  return html.replaceAll(/<[^>]*>/g, " ").replaceAll(/&[a-z]+;|&#\d+;/g, " ");
}
