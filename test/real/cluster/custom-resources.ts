import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../support/load';
import type { ControlPlane } from './control-plane';

const FOLDER = join(__dirname, '../../support/crds');

/** The schemas of a kind, as `test/support/crds` contains them. */
interface Kind {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: string;
  readonly versions: { readonly [version: string]: object };
}

/** Adds the kinds of the Gateway API, of Envoy Gateway and of KEDA. */
export async function addCustomResources(plane: ControlPlane): Promise<void> {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  const kinds = files.map((name): Kind => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
  for (const kind of kinds) {
    await plane.expectStatus(
      201,
      'POST',
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      definitionOf(kind),
    );
  }
  for (const kind of kinds) await established(plane, kind);
}

function definitionOf({ group, kind, plural, scope, versions }: Kind): object {
  const names = Object.keys(versions);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, annotations: { 'api-approved.kubernetes.io': 'unapproved, of a test' } },
    spec: {
      group,
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: names.map((name) => ({
        name,
        served: true,
        storage: name === names[0],
        schema: { openAPIV3Schema: versions[name] },
      })),
    },
  };
}

async function established(plane: ControlPlane, { group, plural, versions }: Kind): Promise<void> {
  const path = `/apis/${group}/${Object.keys(versions)[0]}/${plural}`;
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) {
    if ((await plane.send('GET', path)).status === 200) return;
  }
  throw new Error(`the API server does not serve ${path}`);
}
