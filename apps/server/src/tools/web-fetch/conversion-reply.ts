/** What the thread that converts a page has to say. */
export type ConversionReply = { type: "converted"; markdown: string } | { type: "failed"; reason: string };
