/** Compares rendered output with the tables: every time must have an origin, and every origin must be rendered. */
import { knobsOf, type ServerTime } from '../../src/plan/server/knobs';
import { KnobPlace, TimeUnit } from '../../src/plan/server/parts';
import { secondsIn } from './names';
import type { Rendered, RenderedTime } from './rendered';
import { hop, type Origin, type Owner, type Row, type Scope } from './rows';
import { timeFieldsOf } from './shapes';

/** The tables of a target: fields, keywords of the router, and names in texts. */
export interface Tables {
  readonly field: readonly Row[];
  readonly router?: readonly Row[];
  readonly text?: readonly Row[];
}

/** All problems of a rendered definition. */
export function findingsOf(rendered: Rendered, tables: Tables): string[] {
  return [
    ...unknownFields(rendered, tables),
    ...rendered.times.flatMap((time) => problemsOf(time, tables)),
    ...missing(rendered, tables),
  ];
}

/** Time fields of the rendered schemas that are not in the table. */
export function unknownFields({ shapes }: Rendered, tables: Tables): string[] {
  const known = new Set(tables.field.map(({ field }) => field));
  const fields = new Set(shapes.flatMap((shape) => [...timeFieldsOf(shape)]));
  return [...fields]
    .filter((field) => !known.has(field))
    .map((field) => `the schema has '${field}', but no table does`);
}

/** The rows for the origin of a value: there must be exactly one. */
export function rowsFor(time: RenderedTime, tables: Tables): readonly Row[] {
  const rows = time.place === 'server' ? serverRows(time.scope) : (tables[time.place] ?? []);
  return rows.filter((row) => fits(row, time));
}

/** The problems of a value. */
export function problemsOf(time: RenderedTime, tables: Tables): string[] {
  const rows = rowsFor(time, tables);
  const [row] = rows;
  const problems =
    row === undefined
      ? ['is in no table']
      : rows.length > 1
        ? [`is in the tables ${rows.length} times`]
        : mismatches(row.origin, time);
  return problems.map((problem) => `${time.title}: ${time.path}: '${time.field}' ${problem}`);
}

/** Expected values that are not rendered. */
export function missing({ plan, times }: Rendered, tables: Tables): string[] {
  const owners: readonly (readonly [Owner, Scope])[] = [
    ['platform', { plan }],
    ...plan.endpoints.map((endpoint) => ['endpoint', { plan, endpoint }] as const),
    ...plan.backends.map((backend) => ['backend', { plan, backend }] as const),
  ];
  return owners.flatMap(([owner, scope]) => {
    const own = times.filter((time) => nameOf(time.scope) === nameOf(scope));
    return [...tables.field, ...(tables.router ?? []), ...(tables.text ?? []), ...serverRows(scope)]
      .filter(({ of, origin, when }) => of === owner && isWritten(origin) && (when?.(scope) ?? true))
      .filter((row) => !own.some((time) => fits(row, time)))
      .map(({ field, at }) => `${nameOf(scope)}: '${field}'${at === undefined ? '' : ` of ${at}`} is not written`);
  });
}

/** Whether values with this origin are rendered. */
export function isWritten({ kind }: Origin): boolean {
  return kind !== 'never' && kind !== 'any';
}

/** The construct that an object belongs to. */
export function nameOf({ backend, endpoint }: Scope): string {
  return backend?.path ?? endpoint?.path ?? 'the platform';
}

function fits({ field, of, at }: Row, time: RenderedTime): boolean {
  return (
    field === time.field && (of === undefined || of === time.owner) && (at === undefined || time.path.includes(at))
  );
}

/** The row of each time that can be passed to a server. */
const HOPS: Readonly<Record<ServerTime, string>> = {
  keepAlive: 'server keep-alive',
  drain: 'server drain',
  watchdog: 'server watchdog',
  request: 'server request timeout',
};

/** The settings of a backend's server according to its descriptor, with the ladder row of each time. */
function serverRows({ backend }: Scope): Row[] {
  if (backend === undefined) return [];
  return knobsOf(backend.intent.server.descriptor)
    .filter(([, { place }]) => place === KnobPlace.FLAG || place === KnobPlace.VARIABLE)
    .map(([time, { name, unit }]) => ({
      field: name,
      of: 'backend',
      origin: scaled(hop(HOPS[time]), unit === TimeUnit.MILLISECONDS ? 1000 : 1),
    }));
}

function scaled(origin: Origin, factor: number): Origin {
  if (origin.kind !== 'hop') return origin;
  return { ...origin, seconds: (scope) => origin.seconds(scope).map((seconds) => seconds * factor) };
}

/** The difference between a value and its origin, if any. */
function mismatches(origin: Origin, { value, scope }: RenderedTime): string[] {
  switch (origin.kind) {
    case 'any':
      return [];
    case 'never':
      return [`must not be written: ${origin.why}`];
    case 'reference':
      return value === origin.text ? [] : [`(${value}) must be ${origin.text}`];
    case 'constant':
      return secondsIn(value) === origin.seconds ? [] : [`(${value}) must be ${origin.seconds} s`];
    default: {
      const expected = [...new Set(origin.seconds(scope))];
      if (expected.includes(secondsIn(value) as number)) return [];
      return [`(${value}) must be the ${origin.what} (${expected.length === 0 ? 'none' : expected.join(' or ')})`];
    }
  }
}
