/**
 * Glob patterns matched in linear time: `*` and `?` within a name, `**` for any number of directories, `[a-z]`,
 * `[!a-z]`, `{one,other}`, and `\` to escape a character. Patterns come from models and paths from strangers, so
 * nothing here may backtrack: a pattern is compiled to a set of states (an NFA), and a path moves through all of them
 * at once. Wildcards don't match a leading dot, as in a shell.
 */
type Test =
  | { type: "literal"; code: number }
  /** One character of a name. */
  | { type: "name"; isIn: (code: number) => boolean }
  /** First character of a directory's name, unless it is a dot. */
  | { type: "first" }
  /** Further characters of that name. */
  | { type: "rest" };

interface Node {
  /** Consumes a character; absent: an empty transition. */
  test?: Test;
  /** Cost of the test in steps; default 1. */
  cost?: number;
  /** Nodes after it, or after its character. */
  next: Node[];
  isEnd?: true;
  /** The last round that visited it. */
  round?: number;
}

/** State of a path. Immutable. */
export interface GlobState {
  readonly nodes: readonly Node[];
  /** Whether the next character starts a name. */
  readonly isAtStart: boolean;
}

const SLASH = 47;
const DOT = 46;

export class Glob {
  readonly #first: Node;
  #round = 0;
  /** Steps so far, which the caller bounds. */
  steps = 0;

  constructor(pattern: string) {
    this.#first = new Compiler(pattern).compile();
  }

  /** State before the first character. */
  start(): GlobState {
    return { nodes: this.#close([this.#first]), isAtStart: true };
  }

  /** State after these characters; a directory's state is reused for its entries. */
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

  /** No continuation can match. */
  isDead({ nodes }: GlobState): boolean {
    return nodes.every(({ isEnd }) => isEnd === true);
  }

  /** These nodes and all reachable by empty transitions, without duplicates. */
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

/** A fragment of the automaton: its start and its open ends. */
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

  /** `**`: any number of non-hidden names, each with its slash if one follows. */
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

  /** @returns null if the bracket is never closed: then it is literal. */
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

/** End of the set that starts here; null if there is none. A bracket right at the start is literal. */
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

/** Finds closed braces that contain a comma, with their commas. All others are literal. */
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
