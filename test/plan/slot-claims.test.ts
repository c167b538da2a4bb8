import fc from 'fast-check';
import { type Claim, settle } from '../../src/plan/slot-claims';

const band = { first: 100, width: 400 };
const free = () => false;

/** Claims with different identities, some with several numbers. */
const claims = fc
  .uniqueArray(fc.record({ name: fc.stringMatching(/^[a-z]{1,6}\d{0,2}$/), size: fc.integer({ min: 1, max: 3 }) }), {
    selector: ({ name }) => name,
    minLength: 2,
    maxLength: 15,
  })
  .map((list) =>
    list.map(
      ({ name, size }): Claim => ({
        identity: name,
        band,
        offsets: Array.from({ length: size }, (_, index) => 4 * index),
        mayGrow: size > 1,
      }),
    ),
  );

const slotsOf = (list: readonly Claim[]) => {
  const settled = settle(list, free);
  return new Map(list.map(({ identity }, index) => [identity, settled[index]?.slots ?? []]));
};

const holdersOf = (slots: Map<string, number[]>) =>
  new Map([...slots].flatMap(([identity, list]) => list.map((slot): [number, string] => [slot, identity])));

describe('numbers of a band', () => {
  test('are unique, in order and in the band', () => {
    fc.assert(
      fc.property(claims, (list) => {
        const all = [...slotsOf(list).values()];
        expect(new Set(all.flat()).size).toBe(all.flat().length);
        for (const slots of all) expect(slots).toEqual([...slots].sort((a, b) => a - b));
        for (const slot of all.flat()) expect(slot >= 100 && slot < 500).toBe(true);
      }),
    );
  });

  test('do not depend on the order of the claims', () => {
    fc.assert(
      fc.property(claims, (list) => {
        expect(slotsOf([...list].reverse())).toEqual(new Map([...slotsOf(list)].reverse()));
      }),
    );
  });

  test('that a claim gets are in use by no other claim, whichever claims are added or removed', () => {
    fc.assert(
      fc.property(claims, fc.infiniteStream(fc.boolean()), (list, choice) => {
        const some = list.filter(() => choice.next().value);
        fc.pre([some, list].every((state) => settle(state, free).every((settled) => settled?.isCrowded === false)));
        const states = [slotsOf(some), slotsOf(list)];
        for (const [from, to] of [states, [...states].reverse()]) {
          const holders = holdersOf(from as Map<string, number[]>);
          for (const [slot, identity] of holdersOf(to as Map<string, number[]>))
            expect(holders.get(slot) ?? identity).toBe(identity);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('stay the same when a claim needs one more', () => {
    const claim = (size: number): Claim => ({
      identity: 'rules',
      band,
      offsets: Array.from({ length: size }, (_, index) => 4 * index),
      mayGrow: true,
    });
    const [few, many] = [1, 9].map((size) => settle([claim(size)], free)[0]?.slots as number[]);
    expect(many?.slice(0, 1)).toEqual(few);
  });

  test('that are closer than their offsets, because the band ends, are crowded', () => {
    const rules = (width: number): Claim => ({
      identity: 'rules',
      band: { first: 1, width },
      offsets: [0, 4, 8],
      mayGrow: true,
    });
    const crowded = [400, 3, 2].map((width) => settle([rules(width)], free)[0]?.isCrowded);
    expect(crowded).toEqual([false, true, undefined]);
  });

  test('of two claims for the same number are other ones for both', () => {
    const narrow = { first: 1, width: 40 };
    const names = Array.from('abcdefghijklmnopqrstuvwxyz', (identity) => ({ identity, band: narrow, offsets: [0] }));
    const preferred = new Map(names.map((claim) => [claim.identity, settle([claim], free)[0]?.slots[0]]));
    const pair = names.flatMap((a) =>
      names.filter((b) => a !== b && preferred.get(a.identity) === preferred.get(b.identity)).map((b) => [a, b]),
    )[0] as Claim[];
    const contested = preferred.get((pair[0] as Claim).identity);
    for (const settled of settle(pair, free)) {
      expect(settled?.preferred).toEqual([contested]);
      expect(settled?.slots).not.toEqual([contested]);
    }
  });

  test('of names that differ in their version are different ones', () => {
    const narrow = { first: 1, width: 40 };
    const slots = Array.from({ length: 40 }, (_, version) => {
      return settle([{ identity: `model-v${version}`, band: narrow, offsets: [0] }], free)[0]?.slots[0];
    });
    expect(new Set(slots).size).toBe(40);
  });

  test('are all used if there are more claims than a part of the band, and end with it', () => {
    const narrow = { first: 1, width: 8 };
    const settledOf = (count: number) =>
      settle(
        Array.from({ length: count }, (_, index) => ({
          identity: String.fromCharCode(97 + index),
          band: narrow,
          offsets: [0],
        })),
        free,
      );
    const slots = settledOf(8).map((settled) => settled?.slots[0] as number);
    expect(slots.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(settledOf(8).some((settled) => settled?.isCrowded)).toBe(true);
    expect(settledOf(9).filter((settled) => settled === undefined)).toHaveLength(1);
  });

  test('are as many as the slots, also if these are left over', () => {
    const narrow = { first: 1, width: 8 };
    const claims = ['a', 'b', 'c', 'd'].map((identity) => ({ identity, band: narrow, offsets: [0, 1] }));
    const found = settle(claims, free);
    expect(found.some((settled) => settled?.isCrowded)).toBe(true);
    for (const settled of found) expect(settled?.preferred).toHaveLength(2);
  });

  test('that are taken are skipped', () => {
    const claim = { identity: 'a', band, offsets: [0] };
    const [own] = settle([claim], free)[0]?.slots as number[];
    expect(settle([claim], (slot) => slot === own)[0]?.slots).not.toEqual([own]);
  });
});
