import { type ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { HealthCheck, ModelServer, ServingEndpoint, ServingPlatform } from '../../src';
import { backendOptions } from '../support/definitions';
import { findingsOf, isWritten, missing, nameOf, problemsOf, rowsFor, type Tables, unknownFields } from './account';
import { type Rendered, type RenderedTime, renderedByChart } from './rendered';
import type { Row } from './rows';
import { SUBJECTS } from './subjects';
import { timesInRouter } from './texts';

const rowsOf = ({ field, router = [], text = [] }: Tables): Row[] => [...field, ...router, ...text];
const shown = ({ title, path, field, value }: RenderedTime) => `${title}: ${path}: ${field} ${value}`;

/** The value plus one in its smallest unit. */
function longer({ value }: RenderedTime): unknown {
  return typeof value === 'number'
    ? value + 1
    : String(value).replace(/\d+(?=\D*$)/, (digits) => `${Number(digits) + 1}`);
}

describe.each(SUBJECTS.map((subject) => [subject.name, subject] as const))('behind %s', (_, { tables, render }) => {
  let definitions: Rendered[] = [];
  let times: RenderedTime[] = [];
  beforeAll(() => {
    definitions = render();
    times = definitions.flatMap((rendered) => rendered.times);
  });

  test('every time has its origin in the plan, and every origin is rendered', () => {
    for (const { plan } of definitions) expect(plan.refusals).toEqual([]);
    expect(definitions.flatMap((rendered) => findingsOf(rendered, tables))).toEqual([]);
  });

  test('every row of the tables is used', () => {
    const used = new Set(times.flatMap((time) => rowsFor(time, tables)));
    expect(rowsOf(tables).filter((row) => isWritten(row.origin) && !used.has(row))).toEqual([]);
  });

  test('every time that is too long is detected', () => {
    const bound = times.filter((time) => rowsFor(time, tables)[0]?.origin.kind !== 'any');
    const unseen = bound.filter((time) => problemsOf({ ...time, value: longer(time) }, tables).length === 0);
    expect(unseen.map(shown)).toEqual([]);
  });

  test('every time that is not rendered is detected', () => {
    const placeOf = ({ scope, field, path }: RenderedTime) =>
      [nameOf(scope), field, /\w+Probe|scale(Up|Down)/.exec(path)?.[0]].join(' ');
    for (const rendered of definitions) {
      const bound = rendered.times.filter((time) => rowsFor(time, tables)[0]?.origin.kind !== 'any');
      const unseen = [...new Set(bound.map(placeOf))].filter(
        (place) =>
          missing({ ...rendered, times: bound.filter((time) => placeOf(time) !== place) }, tables).length === 0,
      );
      expect(unseen).toEqual([]);
    }
  });

  test('every schema field that is not in the table is detected', () => {
    const unseen = tables.field.filter(({ field }) => {
      const rest = { ...tables, field: tables.field.filter((row) => row.field !== field) };
      return definitions.every((rendered) => unknownFields(rendered, rest).length === 0);
    });
    expect(unseen).toEqual([]);
  });
});

describe('a time that is not in a table is detected', () => {
  const router = SUBJECTS.find(({ name }) => name === 'the router');
  const found = (change: (deployment: ApiObject) => void, options = {}) => {
    const chart = new Chart(new App(), 'serving');
    new ServingEndpoint(chart, 'endpoint').addBackend(
      'backend',
      backendOptions({ healthCheck: HealthCheck.http('/healthz'), ...options }),
    );
    change(chart.node.findAll().find((one): one is ApiObject => (one as ApiObject).kind === 'Deployment') as ApiObject);
    return findingsOf(renderedByChart(chart, ServingPlatform.of(chart)), router?.tables as Tables);
  };
  const nothing = () => undefined;
  const server = '/spec/template/spec/containers/0';

  test('but not if there is none', () => {
    expect(found(nothing)).toEqual([]);
  });

  test.each<[string, (deployment: ApiObject) => void, object, RegExp]>([
    [
      'in a field that must not be written',
      (deployment) => deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/activeDeadlineSeconds', 3600)),
      {},
      /'V1PodSpec\.activeDeadlineSeconds' must not be written/,
    ],
    [
      'in a field that the schema does not have',
      (deployment) => deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/idleTimeout', '60s')),
      {},
      /'V1PodSpec\.idleTimeout' is in no table/,
    ],
    [
      'in a second occurrence of a field',
      (deployment) =>
        deployment.addJsonPatch(JsonPatch.add(`${server}/lifecycle/postStart`, { sleep: { seconds: 7 } })),
      {},
      /'V1SleepAction\.seconds' \(7\) must be the wait before the signal/,
    ],
    [
      'in an annotation',
      (deployment) => deployment.addJsonPatch(JsonPatch.add('/metadata/annotations/proxy-read-timeout', '60')),
      {},
      /'proxy-read-timeout' is in no table/,
    ],
    [
      'in a flag',
      nothing,
      { server: ModelServer.uvicorn({ app: 'a', extraArgs: ['--timeout-notify', '30'] }) },
      /'--timeout-notify' is in no table/,
    ],
    [
      'in a flag with a joined value',
      nothing,
      { server: ModelServer.command({ command: ['a', '--grace-period=9'] }) },
      /'--grace-period' is in no table/,
    ],
    [
      'in a script',
      nothing,
      { server: ModelServer.command({ command: ['a', '-c', 'run(timeout_keep_alive=5)'] }) },
      /'timeout_keep_alive in a text' is in no table/,
    ],
    ['in a variable', nothing, { environment: { REQUEST_TIMEOUT: '30' } }, /'REQUEST_TIMEOUT' is in no table/],
  ])('%s', (_, change, options, finding) => {
    expect(found(change, options).join('\n')).toMatch(finding);
  });

  test('in the configuration of the router', () => {
    const fields = timesInRouter('defaults\n  timeout client-fin 1m\n  default-server slowstart 90s\n  tune.x 3');
    expect(fields.map(({ field, value }) => [field, value])).toEqual([
      ['timeout client-fin', '1m'],
      ['slowstart', '90s'],
    ]);
    expect(router?.tables.router?.some(({ field }) => fields.some((time) => time.field === field))).toBe(false);
  });
});
