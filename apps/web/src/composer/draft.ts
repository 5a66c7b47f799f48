import type { AttachedFile } from "../attachments/attached-file.ts";
import { forgetFiles } from "../attachments/kept-files.ts";
import { pageUser } from "../auth/page-user.ts";
import { createStore, type StoreApi } from "zustand/vanilla";
import { keepText, keptTextKeys, readShortText, readText } from "../text/kept-text.ts";
import { openTabs, tabIsNamed, tabName } from "../text/tab.ts";

/** What was written: a text, and files that go with it. */
export interface Written {
  text: string;
  files: readonly AttachedFile[];
}

/** A draft left by another tab. */
export interface OtherDraft extends Written {
  key: string;
}

export interface DraftState extends Written {
  /** False if the browser can't store it: it is lost with the page. */
  isKept: boolean;
  others: readonly OtherDraft[];
}

const NOTHING: Written = { text: "", files: [] };

/**
 * The unsent text of one place in one tab. Stored in the browser until sent: it survives reloads, sign-out and closing
 * the tab, and each tab and user has their own.
 */
export class Draft {
  readonly state: StoreApi<DraftState>;
  /** Resolves once what is stored of it has been read. */
  whenRestored = Promise.resolve();
  readonly #place: string;
  /** What could be shown at once. */
  readonly #shown: Written;
  #wasTouched = false;
  /** What is stored may be too long to be shown at once, and is not written over before it was read. */
  #wasRead = false;

  /** @param place a session's id, or `new`. */
  constructor(place: string) {
    this.#place = place;
    this.#shown = writtenOf(readShortText(this.#key())) ?? NOTHING;
    this.state = createStore(() => ({ ...this.#shown, isKept: true, others: [] }));
  }

  readonly text = (): string => this.state.getState().text;

  readonly write = (text: string): void => this.#keep({ text, files: this.state.getState().files });

  readonly attach = (files: readonly AttachedFile[]): void => {
    const { text, files: known } = this.state.getState();
    this.#keep({ text, files: [...known, ...files] });
  };

  readonly detach = (file: AttachedFile): void => {
    const { text, files } = this.state.getState();
    this.#keep({ text, files: files.filter(({ id }) => id !== file.id) });
  };

  /** Empties it, for a message that is sent. */
  readonly take = (): Written => {
    const { text, files } = this.state.getState();
    this.#keep(NOTHING);
    return { text, files };
  };

  /** Puts what was typed into its field before there was a script behind what there is. */
  readonly add = (typed: string): void => {
    const now = this.text();
    // A field that the browser filled in again has the draft already.
    if (typed !== now) this.write(now === "" || typed.startsWith(now) ? typed : `${now}\n\n${typed}`);
  };

  /** Puts something back, in front of what there is. */
  readonly giveBack = ({ text, files }: Written): void => {
    const now = this.state.getState();
    const isEmpty = now.text.trim() === "";
    const both = text.trim() === "" ? now.text : `${text}\n\n${now.text}`;
    this.#keep({ text: isEmpty ? text : both, files: [...files, ...now.files] });
  };

  #keep(written: Written): void {
    this.#wasTouched = true;
    this.state.setState(written);
    if (!this.#wasRead) return;
    void keepText(this.#key(), isNothing(written) ? null : { ...written }).then((isKept) => {
      // Nearly always as before: saying so would render the composer again for each key.
      if (isKept !== this.state.getState().isKept) this.state.setState({ isKept });
    });
  }

  /** Loads what was too long to load synchronously, and what closed tabs left behind. */
  async restore(): Promise<void> {
    await tabIsNamed;
    this.#useOwn(writtenOf(await readText(this.#key())) ?? NOTHING);
    const open = await openTabs();
    const others: OtherDraft[] = [];
    // Those without a user are from before each had their own.
    const keys = [...(await keptTextKeys(this.#prefix())), ...(await keptTextKeys(this.#prefix("")))];
    for (const key of new Set(keys)) {
      const tab = key.slice(key.lastIndexOf(":") + 1);
      if (key === this.#key() || (tab !== tabName() && open?.has(tab) === true)) continue;
      const other = writtenOf(await readText(key)) ?? NOTHING;
      const isSame = other.text.trim() === "" || other.text === this.text();
      if (isSame && other.files.length === 0) void keepText(key, null);
      else others.push({ key, ...other });
    }
    const [first, ...rest] = others;
    // The other tab is certainly closed: its draft becomes this one's.
    if (first !== undefined && open !== null && !this.#wasTouched && isNothing(this.state.getState())) {
      this.#keep({ text: first.text, files: first.files });
      void keepText(first.key, null);
      this.state.setState({ others: rest });
    } else this.state.setState({ others });
  }

  /** What came before it was read goes behind it, unless the browser had filled the field in with it. */
  #useOwn(own: Written): void {
    this.#wasRead = true;
    const { text, files } = this.state.getState();
    if (!this.#wasTouched) {
      if (isNothing({ text, files })) this.state.setState(own);
      return;
    }
    if (isSame(own, this.#shown)) this.#keep({ text, files });
    else this.giveBack({ text: text.startsWith(own.text) ? "" : own.text, files: own.files });
  }

  /** @param use whether to use what it has; it is removed either way. */
  settle(other: OtherDraft, use: boolean): void {
    if (use) this.giveBack(other);
    else forgetFiles(other.files);
    void keepText(other.key, null);
    this.state.setState(({ others }) => ({ others: others.filter(({ key }) => key !== other.key) }));
  }

  #prefix(user = pageUser() ?? ""): string {
    return `trunkline:draft:${this.#place}${user && `@${user}`}:`;
  }

  #key(): string {
    return this.#prefix() + tabName();
  }
}

const isNothing = ({ text, files }: Written): boolean => text === "" && files.length === 0;

const isSame = (one: Written, other: Written): boolean =>
  one.text === other.text &&
  String(one.files.map(({ id }) => id)) === String(other.files.map(({ id }) => id));

/** Drafts from before there were files have none. */
function writtenOf(stored: unknown): Written | null {
  const { text, files = [] } = (stored ?? {}) as Partial<Written>;
  return typeof text === "string" ? { text, files } : null;
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
  draft.whenRestored = draft.restore();
  return draft;
}

/** For a place that is no more. @returns whether there was anything */
export async function moveDraft(from: string, to: string): Promise<boolean> {
  const draft = draftOf(from);
  await draft.whenRestored;
  const written = draft.take();
  if (isNothing(written)) return false;
  draftOf(to).giveBack(written);
  return true;
}

/** A draft that was sent is removed. */
export function forgetDraft(place: string): void {
  const draft = draftOf(place);
  forgetFiles(draft.take().files);
  // Until what is stored was read, it is still there, and another one would show it.
  void draft.whenRestored.then(() => {
    if (drafts.get(place) === draft && isNothing(draft.state.getState())) drafts.delete(place);
  });
}
