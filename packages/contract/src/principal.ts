/** Who is calling: what authentication found out, and what authorisation decides by. */
export interface Principal {
  userId: string;
  /** For people and audit lines. */
  name: string;
}
