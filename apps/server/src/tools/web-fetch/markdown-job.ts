import { gfm } from "@joplin/turndown-plugin-gfm";
import TurndownService from "turndown";

/** The subset of the DOM that is used; browser types are not available here. */
interface PageElement {
  nodeName: string;
  getAttribute(name: string): string | null;
}

const asElement = (node: unknown): PageElement => node as PageElement;

/** Elements that are not text, or not the page's own. */
const LEFT_OUT =
  "script style noscript template iframe object embed canvas svg button select textarea dialog".split(
    " ",
  ) as TurndownService.TagName[];

/** @param address of the page, for relative links. */
function createService(address: string): TurndownService {
  const service = new TurndownService({
    headingStyle: "atx",
    codeBlockStyle: "fenced",
    bulletListMarker: "-",
  });
  service.use(gfm);
  service.remove(LEFT_OUT);
  service.addRule("title", {
    filter: "title",
    replacement: (content) => (content.trim() === "" ? "" : `\n\n# ${content.trim()}\n\n`),
  });
  service.addRule("link", {
    filter: (node) => asElement(node).nodeName === "A" && asElement(node).getAttribute("href") !== null,
    replacement: (content, node) => {
      const href = asElement(node).getAttribute("href") ?? "";
      const target = URL.parse(href, address);
      const isWeb = target?.protocol === "http:" || target?.protocol === "https:";
      return isWeb && content.trim() !== "" ? `[${content}](${target.href})` : content;
    },
  });
  // Images and links without text mean nothing to the model.
  service.addRule("image", {
    filter: "img",
    replacement: (_content, node) => asElement(node).getAttribute("alt")?.trim() ?? "",
  });
  return service;
}

/** Removed elements leave blank space behind. */
function tidy(markdown: string): string {
  return (
    markdown
      .split("\n")
      // Not a regular expression: one that matches spaces before a line end takes quadratic time on a long run.
      .map((line) => line.trimEnd())
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim()
  );
}

type Conversion = { type: "converted"; markdown: string } | { type: "failed"; reason: string };

/** A job of `compute`: a hostile page can make the conversion run for ever, fill the memory or exhaust the stack. */
export default function convert({ html, address }: { html: string; address: string }): Conversion {
  try {
    return { type: "converted", markdown: tidy(createService(address).turndown(html)) };
  } catch (error) {
    if (error instanceof RangeError) return { type: "failed", reason: "it is nested too deeply" };
    return { type: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}
