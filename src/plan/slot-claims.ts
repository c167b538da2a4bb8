import { hash } from '../private/hash';

/** A range of numbers. */
export interface Band {
  readonly first: number;
  readonly width: number;
}

/** A resource, or several in a fixed order, that requires numbers of a band. */
export interface Claim {
  /** What the resource is, regardless of its content: unique, and the same before and after an edit. */
  readonly identity: string;
  readonly band: Band;
  /** The distances from the first number, in ascending order; `[0]` for a single number. */
  readonly offsets: readonly number[];
  /** Whether later versions can have more offsets. Their first number does not depend on how many there are. */
  readonly mayGrow?: boolean;
}

/** The numbers of a claim, and as many that it would have on its own. */
export interface Settled {
  readonly slots: number[];
  readonly preferred: number[];
  /**
   * Whether another set of claims can move them to numbers that are in use: they are what was left in the band, or closer
   * to each other than their offsets because the band ends.
   */
  readonly isCrowded: boolean;
}

/**
 * Gives each claim numbers of its band, such that no update of a deployed state requires a number that is still in use.
 *
 * Each claim has a sequence of candidates that derives from its identity alone. It gets the first candidate that no other
 * claim has reached: if two claims reach the same number, neither gets it. So the result does not depend on the order of
 * the claims, and a claim that is added or removed may move others, but only to numbers that were unused before. The
 * proof: the candidates that are reached with more claims include those that are reached with fewer. A number that one
 * claim has in the smaller set and another one has in the larger set would be reached by both in the larger set, and
 * neither would have it.
 *
 * A claim whose candidates are all reached by others, in a band that is more than a third full, gets the first free
 * numbers. These can be in use. A claim for which there are none is undefined.
 */
export function settle(claims: readonly Claim[], isTaken: (slot: number) => boolean): (Settled | undefined)[] {
  const candidates = claims.map((claim) => new Candidates(claim));
  const reached = new Map<number, Candidates | undefined>();
  const isContested = (one: Candidates, slot: number): boolean =>
    isTaken(slot) || reached.get(slot) === undefined || one.isOwn(slot);
  for (const one of candidates) reach(reached, one);
  for (let open = true; open; ) {
    const contested = candidates.filter((one) => one.slots?.some((slot) => isContested(one, slot)));
    for (const one of contested) {
      one.advance();
      reach(reached, one);
    }
    open = contested.length > 0;
  }
  const used = new Set(candidates.flatMap(({ slots = [] }) => slots));
  const late = candidates
    .map((one, index) => ({ one, index }))
    .filter(({ one }) => one.slots === undefined)
    .sort((a, b) => (a.one.claim.identity < b.one.claim.identity ? -1 : 1));
  const found = new Map(late.map(({ one, index }) => [index, firstFree(one.claim, used, isTaken)]));
  return candidates.map((one, index) => {
    const { slots, preferred } = one;
    const own = slots ?? found.get(index);
    const { offsets } = one.claim;
    return own && { slots: own, preferred, isCrowded: slots === undefined || lengthOf(own) < lengthOf(offsets) };
  });
}

/** Records that a claim has reached its candidate: undefined for one that several have reached. */
function reach(reached: Map<number, Candidates | undefined>, one: Candidates): void {
  for (const slot of one.slots ?? [])
    reached.set(slot, !reached.has(slot) || reached.get(slot) === one ? one : undefined);
}

function lengthOf(numbers: readonly number[]): number {
  return (numbers.at(-1) ?? 0) - (numbers[0] ?? 0);
}

function firstFree(
  { band, offsets }: Claim,
  used: Set<number>,
  isTaken: (slot: number) => boolean,
): number[] | undefined {
  const free: number[] = [];
  for (let slot = band.first; slot < band.first + band.width && free.length < offsets.length; slot++) {
    if (!used.has(slot) && !isTaken(slot)) free.push(slot);
  }
  if (free.length < offsets.length) return undefined;
  for (const slot of free) used.add(slot);
  return free;
}

/** How many candidates a claim has. */
const LEVELS = 64;

/** The candidates of a claim, one after the other. */
class Candidates {
  public readonly preferred: number[];
  /** The current candidate; undefined after the last one. */
  public slots: number[] | undefined;

  /** The number of places for the first number: in the first half of the band, if there must be room to grow. */
  private readonly places: number;
  private readonly earlier = new Set<number>();
  private level = 0;

  constructor(public readonly claim: Claim) {
    const { band, mayGrow = false } = claim;
    this.places = Math.max(1, mayGrow ? Math.floor(band.width / 2) : band.width);
    this.slots = this.candidate();
    this.preferred = this.slots ?? [];
  }

  public advance(): void {
    for (const slot of this.slots ?? []) this.earlier.add(slot);
    this.level += 1;
    this.slots = this.level < LEVELS ? this.candidate() : undefined;
  }

  /** Whether a number is part of an earlier candidate, where another resource of this claim can have it in a deployed state. */
  public isOwn(slot: number): boolean {
    return this.earlier.has(slot);
  }

  private candidate(): number[] | undefined {
    const { band, identity, offsets } = this.claim;
    const { family, member } = familyOf(identity);
    return spread(band, (hash(`${family} ${this.level}`) + member) % this.places, offsets);
  }
}

/**
 * An identity without its numbers, and a number that they determine. Names that differ in a version, such as `v1` and
 * `v2`, then prefer different numbers, so that one can replace the other in one update.
 */
function familyOf(identity: string): { readonly family: string; readonly member: number } {
  const numbers = identity.match(/\d+/g) ?? [];
  const member = numbers.reduce((total, digits) => (total * 31 + Number(digits.slice(-6))) % 1_000_003, 0);
  return { family: identity.replace(/\d+/g, '#'), member };
}

/** The numbers at these distances from a place in the band, closer if the band ends; undefined if they do not fit. */
export function spread(band: Band, place: number, offsets: readonly number[]): number[] | undefined {
  if (offsets.length > band.width) return undefined;
  let next = 0;
  return offsets.map((offset, index) => {
    const last = band.width - (offsets.length - index);
    const slot = Math.min(Math.max(place + offset, next), last);
    next = slot + 1;
    return band.first + slot;
  });
}
