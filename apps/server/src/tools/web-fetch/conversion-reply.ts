/** Reply of the thread that converts a page. */
export type ConversionReply = { type: "converted"; markdown: string } | { type: "failed"; reason: string };
