/** What a document has begun and not ended, and how much text of it whoever closes it will hold. */
export class OpenTexts {
  readonly #lengths = new Map<string, number>();
  #length = 0;

  /** How many are open. */
  get size(): number {
    return this.#lengths.size;
  }

  /** Of the texts of all of them, in UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  begin(id: string): void {
    if (!this.#lengths.has(id)) this.#lengths.set(id, 0);
  }

  /**
   * Of what is not open, nothing is kept.
   * @param most of it that is kept.
   * @returns how long it would be without that.
   */
  add(id: string, length: number, most: number): number {
    const before = this.#lengths.get(id);
    if (before === undefined) return 0;
    const kept = Math.min(before + length, most);
    this.#lengths.set(id, kept);
    this.#length += kept - before;
    return before + length;
  }

  end(id: string): void {
    this.#length -= this.#lengths.get(id) ?? 0;
    this.#lengths.delete(id);
  }
}
