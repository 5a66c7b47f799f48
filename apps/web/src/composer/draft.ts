import { createStore, type StoreApi } from "zustand/vanilla";
import { keepText, keptTextKeys, readShortText, readText } from "../text/kept-text.ts";
import { openTabs, tabIsNamed, tabName } from "../text/tab.ts";

interface Stored {
  text: string;
}

/** A draft of the same place that another tab left behind. */
export interface OtherDraft {
  key: string;
  text: string;
}

export interface DraftState {
  text: string;
  /** False where the browser has no room for it: it is gone when the page is. */
  isKept: boolean;
  others: readonly OtherDraft[];
}

/**
 * What somebody is about to say, at one place, in one tab. It is kept in the browser until it is taken: it survives
 * reloads, sign-out and a closed tab, and each of several tabs keeps its own.
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

  /** Puts a text back that was taken out, in front of what is there now. */
  readonly giveBack = (text: string): void => {
    const now = this.text();
    this.write(now.trim() === "" ? text : `${text}\n\n${now}`);
  };

  /** Finds what was too long to be had at once, and what tabs that are closed by now left behind. */
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
    // The tab that it was written in is gone for certain: it is the draft of this place.
    if (first !== undefined && open !== null && !this.#wasTouched && this.text() === "") {
      this.write(first.text);
      void keepText(first.key, null);
      this.state.setState({ others: rest });
    } else this.state.setState({ others });
  }

  /** @param use whether its text is wanted; it is forgotten in any case. */
  settle(other: OtherDraft, use: boolean): void {
    if (use) this.giveBack(other.text);
    void keepText(other.key, null);
    this.state.setState(({ others }) => ({ others: others.filter(({ key }) => key !== other.key) }));
  }

  #key(): string {
    return `${this.#oldKey()}:${tabName()}`;
  }

  /** Before each tab had its own. */
  #oldKey(): string {
    return `trunkline:draft:${this.#place}`;
  }
}

function textOf(stored: unknown): string | null {
  const text = (stored as Partial<Stored> | null)?.text;
  return typeof text === "string" ? text : null;
}

/** Drafts of this page, one per place, however many fields show it. */
const drafts = new Map<string, Draft>();

export function draftOf(place: string): Draft {
  // Rendered on the server, it is nobody's.
  if (typeof window === "undefined") return new Draft(place);
  const known = drafts.get(place);
  if (known !== undefined) return known;
  const draft = new Draft(place);
  drafts.set(place, draft);
  void draft.restore();
  return draft;
}

/** What is over needs no draft any more. */
export function forgetDraft(place: string): void {
  draftOf(place).write("");
  drafts.delete(place);
}
