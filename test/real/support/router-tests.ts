import { writeSync } from 'node:fs';
import { routerProfile } from '../../../src/kubernetes/private/router/profile';
import { withWorkloads } from '../../../src/kubernetes/private/workload-capabilities';
import { testPlatform } from '../../support/definitions';
import type { TestPlatform } from '../../support/test-platform';
import type { Tally } from './load';
import { RouterLab } from './router-lab';

/** A platform with a plan for the router, in a cluster with this DNS cache time. */
export function routerPlatform(dnsTtlSeconds = 0): TestPlatform {
  return testPlatform({ target: withWorkloads(routerProfile(dnsTtlSeconds)) });
}

/** Runs a test in its own cluster with this DNS cache time. */
export async function inLab<T>(body: (lab: RouterLab) => Promise<T>, ttlSeconds = 0): Promise<T> {
  const lab = await RouterLab.start(ttlSeconds);
  try {
    return await body(lab);
  } finally {
    await lab.dispose();
  }
}

/** Prints measurements after the tests of a file. */
export function measurements(): (what: string, result: Tally | string) => void {
  const lines: string[] = [];
  afterAll(() => {
    writeSync(1, `\nmeasured:\n${lines.join('')}`);
  });
  return (what, result) => {
    const text =
      typeof result === 'string' ? result : `${result.lost} lost of ${result.total}, ${JSON.stringify(result.pools)}`;
    lines.push(`  ${what}: ${text}\n`);
  };
}
