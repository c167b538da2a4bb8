import { readRecord } from '../../scripts/measured-servers';
import { CATALOG } from '../../scripts/server-catalog';
import { Evidence } from '../../src/plan/server/parts';
import { differences } from '../real/servers/compare';
import { descriptorIn } from '../real/servers/probes';
import { versionOf } from '../real/servers/runtimes';
import { render } from '../real/servers/start';
import { CORE, EXTENDED } from '../real/servers/subjects';

const subjects = [...CORE, ...EXTENDED];
const record = readRecord();

test('descriptors marked as measured are measured by the lab in the same version', () => {
  const measured = subjects.map((subject) => `${render(subject).descriptor.name} ${versionOf(subject.runtime)}`);
  const called = CATALOG.filter(({ evidence }) => evidence === Evidence.MEASURED);
  for (const { name, verifiedVersion } of called) expect(measured).toContain(`${name} ${verifiedVersion}`);
  const names = called.map(({ name }) => name);
  for (const subject of subjects) expect(names).toContain(render(subject).descriptor.name);
});

test('the record contains every subject of the lab and no others', () => {
  expect(Object.keys(record).sort()).toEqual(subjects.map(({ id }) => id).sort());
});

test.each(
  subjects.map((subject) => [subject.id, subject] as const),
)('the record of %s matches its descriptor', (id, subject) => {
  const facts = record[id];
  if (facts === undefined) throw new Error(`'${id}' is not recorded; run test:real with UPDATE_MEASURED=yes`);
  expect(facts.version).toBe(versionOf(subject.runtime));
  expect(differences(descriptorIn(subject), facts)).toEqual([]);
});
