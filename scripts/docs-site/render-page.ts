import { posix } from "node:path";
import { Marked, type Tokens } from "marked";
import { getHeadingList, gfmHeadingId } from "marked-gfm-heading-id";
import { pagePath } from "./pages.ts";

export interface RenderedPage {
  title: string;
  /** The document's own part of the page, HTML. */
  body: string;
  headings: { level: number; text: string; id: string }[];
  /** Files that the page shows or offers, by their paths from the repository's root. */
  assets: string[];
}

export interface RenderOptions {
  /** The document's path from the repository's root. */
  file: string;
  /** Documents that have a page. */
  files: ReadonlySet<string>;
  /** Where the sources can be read, without a slash at the end. Absent: links to them are their paths. */
  source?: string | undefined;
}

/** @param text Markdown of this repository, which is trusted. */
export function renderPage(text: string, options: RenderOptions): RenderedPage {
  const assets: string[] = [];
  const marked = new Marked(gfmHeadingId(), {
    walkTokens(token) {
      if (token.type === "image") token["href"] = asset((token as Tokens.Image).href);
    },
    renderer: {
      link({ href, tokens }) {
        const words = this.parser.parseInline(tokens);
        const target = linkTarget(href);
        return target === null
          ? `<span title="${escapeHtml(href)}">${words}</span>`
          : `<a href="${escapeHtml(target)}">${words}</a>`;
      },
      table(token) {
        const row = (cells: Tokens.TableCell[], tag: string): string =>
          `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join("")}</tr>`;
        const rows = token.rows.map((cells) => row(cells, "td")).join("");
        // Scrolls by itself where a page is narrow.
        return `<div class="table" tabindex="0"><table><thead>${row(token.header, "th")}</thead><tbody>${rows}</tbody></table></div>`;
      },
    },
  });

  const here = posix.dirname(options.file);
  const relativeTo = (path: string): string => posix.relative(posix.dirname(pagePath(options.file)), path);

  function asset(href: string): string {
    if (/^[a-z]+:/.test(href)) throw new Error(`${options.file}: ${href} would be fetched from elsewhere`);
    const path = posix.normalize(posix.join(here, href));
    assets.push(path);
    return relativeTo(path.replace(/^docs\//, ""));
  }

  function linkTarget(href: string): string | null {
    if (/^[a-z]+:/.test(href) || href.startsWith("#")) return href;
    const [path = "", anchor] = href.split("#");
    const file = posix.normalize(posix.join(here, path)).replace(/\/$/, "");
    const document = [file, posix.join(file, "README.md")].find((name) => options.files.has(name));
    if (document !== undefined)
      return relativeTo(pagePath(document)) + (anchor === undefined ? "" : `#${anchor}`);
    if (/^docs\/.*\.(json|conf|yml)$/.test(file)) return asset(path);
    return options.source === undefined ? null : `${options.source}/${file}`;
  }

  const body = marked.parse(text, { async: false });
  const headings = getHeadingList().map(({ level, raw, id }) => ({ level, text: plain(raw), id }));
  return { title: headings[0]?.text ?? options.file, body, headings, assets };
}

function plain(heading: string): string {
  return heading.replaceAll(/`|\*\*/g, "").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
}

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
