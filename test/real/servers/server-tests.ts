import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { type Facts, RECORD, readRecord } from '../../../scripts/measured-servers';
import { changes, type Difference, differences } from './compare';
import { factsOf } from './facts';
import { descriptorIn, measure, Turns } from './probes';
import { render } from './start';
import type { Subject } from './subject';

/** Subjects share a limited number of probes, so the first test may wait for the last probe. */
export const LONGEST_MILLISECONDS = 1_500_000;
/** Whether the record is rewritten. */
const UPDATES = process.env.UPDATE_MEASURED === 'yes';
/** How often a probe with a different result is tried, because a machine that pauses for seconds delays everything. */
const TRIES = 3;

/**
 * Measures subjects, with a maximum number of concurrent probes, and compares each with its descriptor and with the
 * record, which `UPDATE_MEASURED=yes` rewrites. Returns a function for the measured facts of a subject.
 */
export function serverTests(subjects: readonly Subject[], atOnce: number): (id: string) => Promise<Facts> {
  const turns = new Turns(atOnce);
  const measured = new Map<string, Promise<Facts>>();
  const of = (id: string) => measured.get(id) as Promise<Facts>;

  beforeAll(() => {
    for (const subject of subjects) {
      const facts = settle(subject, turns);
      // A failure belongs to the subject's own test.
      facts.catch(() => undefined);
      measured.set(subject.id, facts);
    }
  });

  afterAll(async () => {
    const all = await Promise.allSettled(measured.values());
    const lines = all.map((result, index) => {
      const text = result.status === 'fulfilled' ? JSON.stringify(result.value) : 'not measured';
      return `  ${subjects[index]?.id}: ${text}\n`;
    });
    writeSync(1, `\nmeasured:\n${lines.join('')}`);
  });

  test.each(subjects.map((subject) => [subject.id, subject] as const))(
    '%s behaves as in its descriptor and the record',
    async (id, subject) => {
      const facts = await of(id);
      if (UPDATES) record(id, facts);
      if (readRecord()[id] === undefined) throw new Error(`'${id}' is not recorded; run with UPDATE_MEASURED=yes`);
      const texts = problems(subject, facts).map(({ text }) => text);
      if (texts.length > 0) throw new Error(`${facts.server} ${facts.version}:\n${texts.join('\n')}`);
    },
    LONGEST_MILLISECONDS,
  );
  return of;
}

/** The differences of a subject from its descriptor and, unless the record is rewritten, from the record. */
function problems(subject: Subject, facts: Facts): Difference[] {
  const descriptorOf = descriptorIn(subject);
  const recorded = UPDATES ? undefined : readRecord()[subject.id];
  return [...differences(descriptorOf, facts), ...changes(descriptorOf, recorded, facts)];
}

/** Measures a subject, and repeats the probes whose results differ. */
async function settle(subject: Subject, turns: Turns): Promise<Facts> {
  const { descriptor } = render(subject);
  let measurement = await measure(subject, turns);
  for (let tries = 1; tries < TRIES; tries++) {
    const probes = problems(subject, factsOf(measurement, descriptor)).flatMap(({ probe }) => probe ?? []);
    if (probes.length === 0) break;
    measurement = { ...measurement, ...(await measure(subject, turns, [...new Set(probes)])) };
  }
  return factsOf(measurement, descriptor);
}

function record(id: string, facts: Facts): void {
  const records = { ...JSON.parse(readFileSync(RECORD, 'utf8')), [id]: facts };
  const sorted = Object.fromEntries(Object.entries(records).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(RECORD, `${JSON.stringify(sorted, null, 2)}\n`);
}
