import { type Data, Findings, isObject, object, objects } from '../data';
import type { Limit } from './limits';
import type { Resource } from './stacks';

/** A number, or a string with a number; undefined for values that are only known at deployment. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

export function attribute(properties: Data, key: string): unknown {
  const lists = [properties.LoadBalancerAttributes, properties.TargetGroupAttributes, properties.ListenerAttributes];
  return lists.flatMap(objects).find((entry) => entry.Key === key)?.Value;
}

function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) return value === undefined ? [] : [value];
  if (!isObject(value)) return [];
  const each = step.endsWith('[]');
  const next = value[each ? step.slice(0, -2) : step];
  return each ? objects(next).flatMap((item) => valuesAt(item, rest)) : valuesAt(next, rest);
}

/** Finds values outside their range, and values that should be whole numbers. */
export function checkLimits(resources: readonly Resource[], limits: readonly Limit[]): string[] {
  return resources.flatMap(({ key, type, properties }) => {
    const findings = new Findings(key);
    for (const { at, min, max, or, source, ...limit } of limits) {
      if (limit.type !== type) continue;
      const name = at.startsWith('attributes:') ? at.slice('attributes:'.length) : undefined;
      const values =
        name === undefined
          ? valuesAt(properties, at.split('.'))
          : [attribute(properties, name)].filter((v) => v !== undefined);
      for (const value of values) {
        const number = numberOf(value);
        if (isObject(value)) continue;
        const right =
          number !== undefined && Number.isInteger(number) && ((number >= min && number <= max) || number === or);
        findings.expect(
          right,
          name ?? at,
          `${JSON.stringify(value)} is not a whole number from ${min} to ${max} (${source})`,
        );
      }
    }
    return findings.all;
  });
}

/** The settings of a condition or an action of a listener rule, which are in the field whose name ends with `Config`. */
export function configOf(entry: Data): Data {
  const config = Object.entries(entry).find(([key, value]) => key.endsWith('Config') && isObject(value))?.[1];
  return object(config);
}
