/** cdk8s-plus-27 drops newer fields and fields of other types from patches, and the checks must find that. */
import { ApiObject, JsonPatch, Testing } from 'cdk8s';
import { Cpu, Deployment } from 'cdk8s-plus-27';
import { checkManifest } from './kubernetes-models';

function patched(path: string, value: unknown): string[] {
  const chart = Testing.chart();
  const deployment = new Deployment(chart, 'server', {
    containers: [{ image: 'server:1', portNumber: 8000, resources: { cpu: { request: Cpu.units(1) } } }],
  });
  ApiObject.of(deployment).addJsonPatch(JsonPatch.add(`/spec/template/spec/containers/0${path}`, value));
  return Testing.synth(chart).flatMap(checkManifest);
}

describe('objects of cdk8s-plus-27', () => {
  test('pass without patches', () => {
    expect(patched('/workingDir', '/')).toEqual([]);
  });

  test.each([
    ['a GPU as a number', '/resources/limits', { 'nvidia.com/gpu': 1 }, /nvidia\.com\/gpu\]: (null|undefined)/],
    ['a GPU as a string', '/resources/limits', { 'nvidia.com/gpu': '1' }, /nvidia\.com\/gpu\]: (null|undefined)/],
    ['a sleep hook', '/lifecycle', { preStop: { sleep: { seconds: 5 } } }, /preStop: needs exactly one of/],
  ])('lose %s, which causes a finding', (_what, path, value, finding) => {
    expect(patched(path, value).join('\n')).toMatch(finding);
  });
});
