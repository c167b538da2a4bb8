import { duplicates, type Findings, isObject, object, objects } from '../data';
import { qualifiedName, quantity } from './syntax';

const NATIVE = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** A resource of a device plugin: whole numbers that are never overcommitted. */
export function isExtended(name: string): boolean {
  return name.includes('/') && !/(^|\.)kubernetes\.io\//.test(name);
}

function checkList(findings: Findings, path: string, amounts: unknown): void {
  for (const [name, amount] of Object.entries(object(amounts))) {
    const at = `${path}[${name}]`;
    const problem = qualifiedName(name);
    if (problem !== undefined) findings.add(at, problem);
    if (!NATIVE.has(name) && !name.startsWith('hugepages-') && !isExtended(name)) {
      findings.add(at, 'no resource of containers has this name');
    }
    const value = quantity(amount);
    if (value === undefined) continue;
    findings.expect(value >= 0, at, `${amount} is negative`);
    if (isExtended(name)) findings.expect(Number.isInteger(value), at, `${amount} is not a whole number`);
  }
}

/** Limits and requests of a container. Its claims must be declared by its Pod. */
export function checkResources(findings: Findings, path: string, resources: unknown, claims: readonly string[]): void {
  if (!isObject(resources)) return;
  const { limits, requests } = resources;
  checkList(findings, `${path}.limits`, limits);
  checkList(findings, `${path}.requests`, requests);
  for (const [name, amount] of Object.entries(object(requests))) {
    const at = `${path}.requests[${name}]`;
    const limit = object(limits)[name];
    const [asked, most] = [quantity(amount), quantity(limit)];
    if (limit === undefined && isExtended(name))
      findings.add(at, 'needs the same limit, because it cannot be overcommitted');
    if (asked === undefined || most === undefined) continue;
    if (isExtended(name)) findings.expect(asked === most, at, `${amount} differs from the limit ${limit}`);
    else findings.expect(asked <= most, at, `${amount} is more than the limit ${limit}`);
  }
  const named = objects(resources.claims).map((claim) => String(claim.name));
  for (const name of named)
    findings.expect(claims.includes(name), `${path}.claims`, `the pod has no resource claim "${name}"`);
  for (const name of duplicates(named)) findings.add(`${path}.claims`, `"${name}" is named twice`);
}
