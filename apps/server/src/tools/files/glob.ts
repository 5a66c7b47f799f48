/**
 * Glob patterns that are matched in linear time, whatever the pattern and the path: `*` and `?` within a name, `**` for
 * any number of directories, `[a-z]`, `[!a-z]`, `{one,other}`, and `\` before a character that stands for itself.
 * Patterns come from models and paths from strangers, so nothing here may backtrack: a pattern becomes a set of nodes,
 * and a path moves through all of them at once. Wildcards leave out names that begin with a dot, as in a shell.
 */
type Test =
  | { type: "literal"; code: number }
  /** One character of a name. */
  | { type: "name"; isIn: (code: number) => boolean }
  /** The first character of a directory's name, where that is not a dot. */
  | { type: "first" }
  /** What follows in that name. */
  | { type: "rest" };

interface Node {
  /** What consumes a character; absent: the node only leads on. */
  test?: Test;
  /** Steps that the test takes; default 1. */
  cost?: number;
  /** Nodes after it, or after its character. */
  next: Node[];
  isEnd?: true;
  /** The last round that came to it. */
  round?: number;
}

/** Where a path has got to. To be thought of as a value: it is never changed. */
export interface GlobState {
  readonly nodes: readonly Node[];
  /** Whether the next character begins a name. */
  readonly isAtStart: boolean;
}

const SLASH = 47;
const DOT = 46;

export class Glob {
  readonly #first: Node;
  #round = 0;
  /** Steps taken so far: what the caller bounds. */
  steps = 0;

  constructor(pattern: string) {
    this.#first = new Compiler(pattern).compile();
  }

  /** Before the first character of a path. */
  start(): GlobState {
    return { nodes: this.#close([this.#first]), isAtStart: true };
  }

  /** After these characters as well: a directory's state serves for all that is in it. */
  advance(state: GlobState, text: string): GlobState {
    let { nodes, isAtStart } = state;
    for (const character of text) {
      if (nodes.length === 0) break;
      const code = character.codePointAt(0) ?? 0;
      const reached: Node[] = [];
      for (const { test, next, cost = 1 } of nodes) {
        this.steps += cost;
        if (test !== undefined && passes(test, code, isAtStart)) reached.push(...next);
      }
      nodes = this.#close(reached);
      isAtStart = code === SLASH;
    }
    return { nodes, isAtStart };
  }

  matches({ nodes }: GlobState): boolean {
    return nodes.some(({ isEnd }) => isEnd === true);
  }

  /** Nothing that goes on from here can match. */
  isDead({ nodes }: GlobState): boolean {
    return nodes.every(({ isEnd }) => isEnd === true);
  }

  /** These nodes and all that they lead to without a character, each once. */
  #close(open: Node[]): Node[] {
    const round = ++this.#round;
    const closed: Node[] = [];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node.round === round) continue;
      node.round = round;
      if (node.test === undefined) open.push(...node.next);
      if (node.test !== undefined || node.isEnd === true) closed.push(node);
    }
    return closed;
  }
}

function passes(test: Test, code: number, isAtStart: boolean): boolean {
  if (test.type === "literal") return code === test.code;
  if (code === SLASH) return false;
  if (test.type === "rest") return true;
  if (isAtStart && code === DOT) return false;
  return test.type === "name" ? test.isIn(code) : isAtStart;
}

/** A piece of the nodes: where it begins, and where it leads out. */
interface Piece {
  begin: Node;
  end: Node;
}

class Compiler {
  readonly #pattern: string;
  readonly #braces: ReadonlySet<number>;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern.replace(/^(?:\.\/)+/, "");
    this.#braces = findAlternatives(this.#pattern);
  }

  compile(): Node {
    const { begin, end } = this.#sequence();
    end.next.push({ next: [], isEnd: true });
    return begin;
  }

  get #character(): string | undefined {
    return this.#pattern[this.#at];
  }

  /** Up to the end, or to the comma or brace that ends an alternative. */
  #sequence(): Piece {
    const begin: Node = { next: [] };
    let end = begin;
    while (this.#at < this.#pattern.length) {
      if (this.#character !== "{" && this.#braces.has(this.#at)) break;
      const piece = this.#piece();
      end.next.push(piece.begin);
      end = piece.end;
    }
    return { begin, end };
  }

  #piece(): Piece {
    if (this.#character === "*") return this.#stars();
    if (this.#braces.has(this.#at)) return this.#alternatives();
    if (this.#character === "[") return this.#set() ?? this.#literal();
    if (this.#character === "?") {
      this.#at++;
      return single({ type: "name", isIn: () => true });
    }
    if (this.#character === "\\" && this.#at + 1 < this.#pattern.length) this.#at++;
    return this.#literal();
  }

  #literal(): Piece {
    return single({ type: "literal", code: this.#readCode() });
  }

  #readCode(): number {
    const code = this.#pattern.codePointAt(this.#at) ?? 0;
    this.#at += code > 0xffff ? 2 : 1;
    return code;
  }

  #stars(): Piece {
    const before = this.#pattern[this.#at - 1];
    const start = this.#at;
    while (this.#character === "*") this.#at++;
    const isAlone = isBoundary(before, "/{,") && isBoundary(this.#character, "/},");
    if (this.#at - start === 2 && isAlone) return this.#directories();
    const end: Node = { next: [] };
    const begin: Node = { next: [end] };
    begin.next.push({ test: { type: "name", isIn: () => true }, next: [begin] });
    return { begin, end };
  }

  /** `**`: any number of whole names, hidden ones left out; with a slash behind it each with its own. */
  #directories(): Piece {
    const begin: Node = { next: [] };
    const slash: Node = { test: { type: "literal", code: SLASH }, next: [begin] };
    const rest: Node = { test: { type: "rest" }, next: [slash] };
    rest.next.push(rest);
    const first: Node = { test: { type: "first" }, next: [rest, slash] };
    begin.next.push(first);
    const end: Node = { next: [] };
    if (this.#character === "/") {
      this.#at++;
      begin.next.push(end);
    } else {
      first.next.push(end);
      rest.next.push(end);
    }
    return { begin, end };
  }

  #alternatives(): Piece {
    const begin: Node = { next: [] };
    const end: Node = { next: [] };
    do {
      this.#at++;
      const piece = this.#sequence();
      begin.next.push(piece.begin);
      piece.end.next.push(end);
    } while (this.#character === ",");
    this.#at++;
    return { begin, end };
  }

  /** @returns null where the bracket is never closed: then it stands for itself. */
  #set(): Piece | null {
    const end = setEnd(this.#pattern, this.#at);
    if (end === null) return null;
    this.#at++;
    const isNegated = this.#character === "!" || this.#character === "^";
    if (isNegated) this.#at++;
    const ranges: [number, number][] = [];
    const readMember = (): number => {
      if (this.#character === "\\") this.#at++;
      return this.#readCode();
    };
    while (this.#at < end) {
      const from = readMember();
      const isRange = this.#character === "-" && this.#at + 1 < end;
      if (isRange) this.#at++;
      ranges.push([from, isRange ? readMember() : from]);
    }
    this.#at = end + 1;
    const isIn = (code: number): boolean =>
      ranges.some(([from, to]) => code >= from && code <= to) !== isNegated;
    return single({ type: "name", isIn }, ranges.length);
  }
}

function single(test: Test, cost = 1): Piece {
  const end: Node = { next: [] };
  return { begin: { test, cost, next: [end] }, end };
}

function isBoundary(character: string | undefined, boundaries: string): boolean {
  return character === undefined || boundaries.includes(character);
}

/** Where the set that begins here ends; null where it does not. A bracket right at its beginning stands for itself. */
function setEnd(pattern: string, begin: number): number | null {
  let at = begin + 1;
  if (pattern[at] === "!" || pattern[at] === "^") at++;
  if (pattern[at] === "]") at++;
  for (; at < pattern.length; at++) {
    if (pattern[at] === "\\") at++;
    else if (pattern[at] === "]") return at;
  }
  return null;
}

/** Finds the braces that are closed and hold a comma, with these commas. All others stand for themselves. */
function findAlternatives(pattern: string): Set<number> {
  const found = new Set<number>();
  const open: number[][] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === "\\") at++;
    else if (character === "[") at = setEnd(pattern, at) ?? at;
    else if (character === "{") open.push([at]);
    else if (character === ",") open.at(-1)?.push(at);
    else if (character === "}") {
      const places = open.pop() ?? [];
      if (places.length > 1) for (const place of [...places, at]) found.add(place);
    }
  }
  return found;
}
