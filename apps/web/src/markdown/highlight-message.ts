/** A piece of code in one colour; null: that of the text around it. */
export interface CodeToken {
  text: string;
  color: string | null;
}

export type CodeLines = readonly (readonly CodeToken[])[];

export interface HighlightRequest {
  id: number;
  code: string;
  language: string;
}

export interface HighlightAnswer {
  id: number;
  /** Null where there is no grammar for the language. */
  lines: CodeLines | null;
}
