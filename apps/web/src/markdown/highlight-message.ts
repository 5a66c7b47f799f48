/** A token in one colour; null: the default text colour. */
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
  /** Null if there is no grammar for the language. */
  lines: CodeLines | null;
}
