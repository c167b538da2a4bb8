import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerDescriptor } from '../../src/plan/server/descriptor';
import * as catalog from '../../src/servers/catalog';
import type { DescribedServer } from '../../src/servers/define-server';
import { factsOf, IMAGE_FACTS } from '../../src/workload/private/image-facts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

const descriptors: ServerDescriptor[] = Object.values(catalog).flatMap((server) => [
  ...(server as DescribedServer).descriptors,
]);

test.each(
  IMAGE_FACTS.map((row) => [row.repositories.join(', ') || row.usualFor?.join(', '), row] as const),
)('the facts of %s are complete', (_name, { user, version, source, home, caches = {}, writtenPaths = [] }) => {
  expect(Number.isInteger(user) && user >= 0).toBe(true);
  expect(version).toMatch(/\d/);
  expect(source).toMatch(/^https:\/\//);
  for (const path of [home ?? '/', ...writtenPaths]) expect(path).toMatch(/^\//);
  for (const path of Object.values(caches)) expect(path).toMatch(/^\/tmp(\/|$)/);
});

test('no repository has two rows, and every server of a row exists', () => {
  const repositories = IMAGE_FACTS.flatMap((row) => row.repositories);
  expect(new Set(repositories).size).toBe(repositories.length);
  const names = descriptors.map(({ name }) => name);
  for (const name of IMAGE_FACTS.flatMap(({ usualFor = [] }) => usualFor)) expect(names).toContain(name);
});

test('every image in the description of a server has facts with the same user', () => {
  for (const { name, image } of descriptors) {
    if (image === undefined) continue;
    const facts = factsOf(`${image.repository}:1`, name);
    expect([name, facts?.isAssumed, [facts?.userName, String(facts?.user)].includes(image.user)]).toEqual([
      name,
      undefined,
      true,
    ]);
  }
});

test.each<[string, string | undefined]>([
  ['rayproject/ray:2.58.0-py311', 'rayproject/ray'],
  ['docker.io/rayproject/ray:2.58.0', 'rayproject/ray'],
  [`rayproject/ray:2.58.0@${DIGEST}`, 'rayproject/ray'],
  [`registry.example.com:5000/mirror/rayproject/ray@${DIGEST}`, 'rayproject/ray'],
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/rayproject/ray:2.58.0', 'rayproject/ray'],
  ['ghcr.io/huggingface/text-embeddings-inference:cpu-1.9', 'ghcr.io/huggingface/text-embeddings-inference'],
  ['registry.example.com/huggingface/text-embeddings-inference:1.9', 'ghcr.io/huggingface/text-embeddings-inference'],
  ['nvcr.io/nim/meta/llama-3.1-8b-instruct:1.3.0', 'nvcr.io/nim/*'],
  ['python:3.11-slim', 'python'],
  ['docker.io/library/python:3.11', 'python'],
  ['public.ecr.aws/docker/library/python:3.11', 'python'],
  ['acme/python:3.11', undefined],
  ['acme/rayproject/ray:2', undefined],
  ['registry.example.com/xrayproject/ray:2', undefined],
  ['registry.example.com/sentiment:1.4.2', undefined],
])('the image %s has the facts of %p', (reference, repository) => {
  expect(factsOf(reference, 'uvicorn')?.repository).toBe(repository);
});

test('the usual image of a server is assumed for another one', () => {
  expect(factsOf('registry.example.com/app:1', 'Ray Serve')).toMatchObject({ isAssumed: true, user: 1000 });
  expect(factsOf(undefined, 'BentoML')).toMatchObject({ isAssumed: true, user: 1034 });
  expect(factsOf('python:3.11-slim', 'BentoML')).toMatchObject({ repository: 'python' });
  expect(factsOf('python:3.11-slim', 'BentoML')?.isAssumed).toBeUndefined();
});

test('the guide lists the images with their users and variables', () => {
  const guide = readFileSync(join(__dirname, '../../docs/backends.md'), 'utf8');
  const cells = [...guide.matchAll(/^\| (`[^|]*`|images that [^|]*) \| (\d+|root) \| ([^|]*)\|$/gm)];
  const names = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string);
  const listed = cells.flatMap(([, images, user, variables]) =>
    (images?.startsWith('images') ? ['BentoML'] : names(images)).map((image) => [image, user, ...names(variables)]),
  );
  const facts = IMAGE_FACTS.flatMap(({ repositories, usualFor = [], user, caches = {} }) =>
    (repositories.length === 0 ? usualFor : repositories).map((image) => [
      image,
      user === 0 ? 'root' : String(user),
      ...Object.keys(caches),
    ]),
  );
  expect(listed.sort()).toEqual(facts.sort());
});
