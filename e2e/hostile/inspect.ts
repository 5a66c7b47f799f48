import type { Page } from "@playwright/test";

/**
 * Inspects the whole page.
 *
 * @returns everything that only a payload could have added; the UI's own images are `svg.lucide` and its wordmark, and
 * its own scripts and styles were there before any session content.
 */
export async function foreignParts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const say = (what: string, element: Element): void => {
      found.push(`${what}: ${element.outerHTML.slice(0, 200)}`);
    };
    const never =
      "img,picture,source,iframe,frame,object,embed,applet,base,form:not([aria-label]),video,audio,track,math,dialog," +
      "foreignObject,image,use,animate,set,marquee,portal,area,map,slot,details,h1 h1,meta[http-equiv],portal";
    for (const element of document.body.querySelectorAll(never)) say("element", element);
    for (const element of document.body.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        if (name.startsWith("on")) say("handler", element);
        if (["srcdoc", "formaction", "xlink:href", "ping", "action", "srcset", "poster"].includes(name))
          say("attribute", element);
        if (name === "style" && /url\(|image-set|expression|position:\s*fixed.*inset/i.test(value))
          say("style", element);
      }
      // The router's own, which announces page changes to screen readers.
      if (element.shadowRoot !== null && element.localName !== "next-route-announcer")
        say("shadow root", element);
    }
    for (const link of document.body.querySelectorAll<HTMLAnchorElement>("a[href]")) {
      const isOwn = link.origin === location.origin;
      if (!["http:", "https:", "mailto:"].includes(link.protocol)) say("link", link);
      if (!isOwn && link.protocol !== "mailto:" && !/\bnoopener\b.*\bnoreferrer\b/.test(link.rel))
        say("rel", link);
      // In model output, no link may lead to this site by its own name.
      if (isOwn && link.closest("[role=log]") !== null) say("own link", link);
    }
    return found;
  });
}
