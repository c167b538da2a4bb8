/** What a request is routed by in addition to its host and path: its method, and headers by name. */
export interface Aspect {
  /** The name of the header; undefined for the method. */
  readonly header?: string;
}

/** The result of a decision. */
export interface Leaf {
  /** A readable name. */
  readonly name: string;
  /** The row of the route; undefined for a refused method. */
  readonly row?: string;
  /** The methods that a refused one is answered with. */
  readonly allow?: string;
}

/** A possible result and the conditions that are still open: the accepted values by aspect. */
export interface Candidate {
  readonly leaf: Leaf;
  readonly conditions: ReadonlyMap<Aspect, ReadonlySet<string>>;
}

/** A value of an aspect that changes the state of a request. */
export interface Step {
  readonly aspect: Aspect;
  readonly value: string;
  readonly from: string;
  readonly to: string;
}

/** More steps than two maps can contain, so that no definition needs unlimited time before it is refused. */
const MAX_STEPS = 250_000;

/**
 * Decides between candidates, in a fixed order of aspects. A state stands for the candidates that are left. A value without a
 * step keeps the state, so each aspect needs one lookup per request, regardless of the number of candidates.
 */
export class Decisions {
  public readonly steps: Step[] = [];
  /** The results by the state in which requests arrive there. */
  public readonly leaves = new Map<string, Leaf>();

  private readonly states = new Map<string, string>();
  private readonly names = new Map<string, number>();
  private readonly ids = new Map<string, number>();

  constructor(public readonly aspects: readonly Aspect[]) {}

  /** The state of a request that can have any of these candidates, of which the first match wins. */
  public stateOf(candidates: readonly Candidate[]): string {
    const left = reachable(candidates);
    const key = left.map((candidate) => this.idOf(candidate)).join(' ');
    const known = this.states.get(key);
    if (known !== undefined) return known;
    const name = this.nameOf(left);
    this.states.set(key, name);
    this.explore(name, left);
    return name;
  }

  private explore(from: string, candidates: readonly Candidate[]): void {
    let left = candidates;
    for (const aspect of this.aspects) {
      if (!left.some(({ conditions }) => conditions.has(aspect))) continue;
      const values = new Set(left.flatMap(({ conditions }) => [...(conditions.get(aspect) ?? [])]));
      const others = reachable(left.filter(({ conditions }) => !conditions.has(aspect)));
      for (const value of values) {
        if (this.steps.length > MAX_STEPS) return;
        const matching = reachable(left.filter(({ conditions }) => conditions.get(aspect)?.has(value) ?? true));
        if (!matching.some(({ conditions }) => conditions.has(aspect))) continue;
        const to = this.stateOf(matching.map((candidate) => without(candidate, aspect)));
        this.steps.push({ aspect, value, from, to });
      }
      left = others;
    }
    const [first] = left;
    if (first !== undefined) this.leaves.set(from, first.leaf);
  }

  /** The name of the result without further steps; with `?` if there is none. */
  private nameOf(candidates: readonly Candidate[]): string {
    const { leaf, conditions } = candidates.at(-1) as Candidate;
    const name = conditions.size === 0 ? leaf.name : leaf.name.replace(/\??$/, '?');
    const count = (this.names.get(name) ?? 0) + 1;
    this.names.set(name, count);
    return count === 1 ? name : `${name}~${count}`;
  }

  /** Equal for candidates with the same result and the same open conditions. */
  private idOf({ leaf, conditions }: Candidate): number {
    const open = this.aspects.map((aspect) => [...(conditions.get(aspect) ?? [])].join('\n'));
    const key = [leaf.row ?? '', leaf.allow ?? '', ...open].join('\0');
    const id = this.ids.get(key) ?? this.ids.size;
    this.ids.set(key, id);
    return id;
  }
}

/**
 * The candidates up to the first without conditions, which takes all requests that are left, without those directly in front of
 * it that have the same result.
 */
function reachable(candidates: readonly Candidate[]): readonly Candidate[] {
  const certain = candidates.findIndex(({ conditions }) => conditions.size === 0);
  if (certain < 0) return candidates;
  const { leaf } = candidates[certain] as Candidate;
  let end = certain;
  while (end > 0 && hasSameResult((candidates[end - 1] as Candidate).leaf, leaf)) end--;
  return [...candidates.slice(0, end), { leaf, conditions: new Map() }];
}

function hasSameResult(one: Leaf, other: Leaf): boolean {
  return one.row === other.row && one.allow === other.allow;
}

function without({ leaf, conditions }: Candidate, met: Aspect): Candidate {
  return { leaf, conditions: new Map([...conditions].filter(([aspect]) => aspect !== met)) };
}
