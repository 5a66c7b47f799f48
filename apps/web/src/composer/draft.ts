import { createStore, type StoreApi } from "zustand/vanilla";
import { keepText, keptTextKeys, readShortText, readText } from "../text/kept-text.ts";
import { openTabs, tabIsNamed, tabName } from "../text/tab.ts";

interface Stored {
  text: string;
}

/** A draft left by another tab. */
export interface OtherDraft {
  key: string;
  text: string;
}

export interface DraftState {
  text: string;
  /** False if the browser can't store it: it is lost with the page. */
  isKept: boolean;
  others: readonly OtherDraft[];
}

/**
 * The unsent text of one place in one tab. Stored in the browser until sent: it survives reloads, sign-out and closing
 * the tab, and each tab has its own.
 */
export class Draft {
  readonly state: StoreApi<DraftState>;
  readonly #place: string;
  #wasTouched = false;

  /** @param place a session's id, or `new`. */
  constructor(place: string) {
    this.#place = place;
    const kept = textOf(readShortText(this.#key())) ?? textOf(readShortText(this.#oldKey())) ?? "";
    this.state = createStore(() => ({ text: kept, isKept: true, others: [] }));
  }

  readonly text = (): string => this.state.getState().text;

  readonly write = (text: string): void => {
    this.#wasTouched = true;
    this.state.setState({ text });
    void keepText(this.#oldKey(), null);
    void keepText(this.#key(), text === "" ? null : { text }).then((isKept) =>
      this.state.setState({ isKept }),
    );
  };

  /** Puts a text back, in front of the current one. */
  readonly giveBack = (text: string): void => {
    const now = this.text();
    this.write(now.trim() === "" ? text : `${text}\n\n${now}`);
  };

  /** Loads what was too long to load synchronously, and what closed tabs left behind. */
  async restore(): Promise<void> {
    await tabIsNamed;
    const own = textOf(await readText(this.#key())) ?? "";
    if (!this.#wasTouched && this.text() === "" && own !== "") this.state.setState({ text: own });
    const open = await openTabs();
    const others: OtherDraft[] = [];
    for (const key of await keptTextKeys(`${this.#oldKey()}:`)) {
      const tab = key.slice(this.#oldKey().length + 1);
      if (tab === tabName() || open?.has(tab) === true) continue;
      const text = textOf(await readText(key)) ?? "";
      if (text.trim() !== "" && text !== this.text()) others.push({ key, text });
      else void keepText(key, null);
    }
    const [first, ...rest] = others;
    // The other tab is certainly closed: its draft becomes this one's.
    if (first !== undefined && open !== null && !this.#wasTouched && this.text() === "") {
      this.write(first.text);
      void keepText(first.key, null);
      this.state.setState({ others: rest });
    } else this.state.setState({ others });
  }

  /** @param use whether to use its text; it is removed either way. */
  settle(other: OtherDraft, use: boolean): void {
    if (use) this.giveBack(other.text);
    void keepText(other.key, null);
    this.state.setState(({ others }) => ({ others: others.filter(({ key }) => key !== other.key) }));
  }

  #key(): string {
    return `${this.#oldKey()}:${tabName()}`;
  }

  /** From before each tab had its own. */
  #oldKey(): string {
    return `trunkline:draft:${this.#place}`;
  }
}

function textOf(stored: unknown): string | null {
  const text = (stored as Partial<Stored> | null)?.text;
  return typeof text === "string" ? text : null;
}

/** Drafts of this page, one per place, shared by all its fields. */
const drafts = new Map<string, Draft>();

export function draftOf(place: string): Draft {
  // On the server there is no user.
  if (typeof window === "undefined") return new Draft(place);
  const known = drafts.get(place);
  if (known !== undefined) return known;
  const draft = new Draft(place);
  drafts.set(place, draft);
  void draft.restore();
  return draft;
}

/** A draft that was sent is removed. */
export function forgetDraft(place: string): void {
  draftOf(place).write("");
  drafts.delete(place);
}
