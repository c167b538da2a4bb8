/** What `serving explain` prints about reaching an endpoint. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotations, App, Fn, Stack } from 'aws-cdk-lib';
import { Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { aws, HttpMethod, kubernetes, ServingEndpoint, type ServingEndpointProps, Warnings } from '../../src';
import type { Explanation } from '../../src/plan/explanation';
import type { EndpointReach } from '../../src/plan/serving-plan';
import { explain } from '../../src/report/explain';
import { renderText } from '../../src/report/text';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';

/** The explanations that platforms write for the command line during validation. */
function explanationsOf(validate: () => void): Explanation[] {
  const folder = mkdtempSync(join(tmpdir(), 'serving-test-'));
  const before = process.env.SERVING_EXPLAIN;
  process.env.SERVING_EXPLAIN = folder;
  try {
    validate();
    return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
  } finally {
    if (before === undefined) delete process.env.SERVING_EXPLAIN;
    else process.env.SERVING_EXPLAIN = before;
    rmSync(folder, { recursive: true, force: true });
  }
}

function reachIn(scope: Construct, props: ServingEndpointProps = {}): Partial<EndpointReach> {
  const endpoint = new ServingEndpoint(scope, 'rank', { path: '/rank', ...props });
  endpoint.addBackend('v1', backendOptions());
  const [explanation] = explanationsOf(() => {
    for (const { node } of scope.node.root.node.findAll()) node.validate();
  });
  const { endpoint: path, ...reach } = explanation?.reach?.[0] ?? {};
  expect(path).toBe(endpoint.node.path);
  return reach;
}

describe('on AWS', () => {
  test('an endpoint has its path, the output with the full URL, and who can reach it', () => {
    expect(reachIn(new Stack(new App(), 'Shop'))).toEqual({
      url: 'http://<load balancer>/rank',
      notes: [
        expect.stringMatching(/^cdk deploy prints the URL: output rankUrl[0-9A-F]{8} of stack Shop$/),
        'reachable from inside the VPC only: the load balancer is internal',
      ],
    });
  });

  test('an endpoint behind a public load balancer is reachable from the internet by its host', () => {
    const stack = new Stack(new App(), 'Shop');
    new aws.EcsPlatform(stack, 'Platform', { publicAccess: true, allowPlainHttp: true });
    const { url, notes } = reachIn(stack, { hosts: ['models.example.com'] });
    expect(url).toBe('http://models.example.com/rank');
    expect(notes?.at(-1)).toBe('reachable from the internet: the load balancer is public');
  });

  test('the output exists in the template', () => {
    const app = new App();
    const stack = new Stack(app, 'Shop');
    const [note = ''] = reachIn(stack).notes ?? [];
    const { Outputs } = app.synth().getStackByName('Shop').template;
    expect(Object.keys(Outputs)).toContain(/output (\w+)/.exec(note)?.[1]);
  });
});

describe('on Kubernetes', () => {
  test('the router is reachable by its Service, and from elsewhere through port forwarding', () => {
    expect(reachIn(Testing.chart())).toEqual({
      url: 'http://test-router/rank',
      notes: [
        'reachable from inside the cluster only, in the namespace of the router',
        'from your machine: kubectl port-forward service/test-router 8080:80, then curl http://localhost:8080/rank',
      ],
    });
  });

  test('the call has the method and the host that the endpoint matches', () => {
    const { notes } = reachIn(Testing.chart(), { hosts: ['models.example.com'], methods: [HttpMethod.POST] });
    expect(notes).toEqual([
      'reachable where models.example.com resolves to Service test-router, or to a proxy in front of it',
      "from your machine: kubectl port-forward service/test-router 8080:80, then curl -X POST -H 'Host: models.example.com' http://localhost:8080/rank",
    ]);
  });

  test('a gateway without a declared address has a command to find it', () => {
    const chart = Testing.chart();
    const gateway = kubernetes.Gateway.fromName('shared', { namespace: 'infra' });
    new kubernetes.KubernetesPlatform(chart, 'Platform', { gateway });
    expect(reachIn(chart)).toEqual({
      url: 'http://<gateway>/rank',
      notes: [
        'reachable through Gateway shared in namespace infra',
        "its address: kubectl get gateway -n infra shared -o jsonpath='{.status.addresses[*].value}'",
      ],
    });
  });

  test('a declared address is the URL', () => {
    const chart = Testing.chart();
    const gateway = kubernetes.Gateway.fromName('shared', { address: 'https://models.example.com' });
    new kubernetes.KubernetesPlatform(chart, 'Platform', { gateway });
    expect(reachIn(chart)).toEqual({
      url: 'https://models.example.com/rank',
      notes: ['reachable through Gateway shared'],
    });
  });
});

describe('an explanation', () => {
  test('has the reason if an endpoint has no URL', () => {
    const chart = Testing.chart();
    new ServingEndpoint(chart, 'rank', { hosts: ['*.example.com'] }).addBackend('v1', backendOptions());
    const [explanation] = explanationsOf(() => Testing.synth(chart));
    expect(explanation?.reach).toEqual([
      {
        endpoint: 'test/rank',
        notes: [expect.stringMatching(/^\[UrlUnknown\] endpoint 'rank' has no URL, because all of its 'hosts'/)],
      },
    ]);
  });

  test('has the warnings that are not acknowledged', () => {
    const platform = testPlatform();
    const endpoint = endpointOn(platform);
    const backend = endpoint.addBackend('v1', backendOptions({ environment: { API_KEY: 'a1b2', API_TOKEN: 'c3d4' } }));
    Warnings.of(backend).acknowledge('serving-constructs:credentialInEnvironment.API_KEY');
    const [explanation] = explanationsOf(() => platform.synthesize());
    expect(explanation?.warnings).toEqual([
      {
        path: 'endpoint/v1',
        id: 'serving-constructs:credentialInEnvironment.API_TOKEN',
        message: expect.stringContaining("'API_TOKEN'"),
      },
    ]);
    expect(explanation?.reach).toEqual([{ endpoint: 'endpoint', url: 'http://test.example/', notes: [] }]);
  });

  test('omits warnings that are acknowledged with the annotations of CDK', () => {
    const app = new App();
    const stack = new Stack(app, 'Shop');
    const environment = { API_KEY: 'a1b2', API_TOKEN: 'c3d4' };
    new ServingEndpoint(stack, 'rank').addBackend('v1', backendOptions({ environment }));
    Annotations.of(stack).acknowledgeWarning('serving-constructs:credentialInEnvironment.API_KEY');
    const [explanation] = explanationsOf(() => app.synth());
    expect(explanation?.warnings?.map(({ id }) => id)).toEqual([
      'serving-constructs:credentialInEnvironment.API_TOKEN',
    ]);
  });

  test('is printed without the encodings of tokens', () => {
    const app = new App();
    const stack = new Stack(app, 'Shop');
    new ServingEndpoint(stack, 'rank', { hosts: [Fn.importValue('host')] }).addBackend('v1', backendOptions());
    const text = renderText(explain(explanationsOf(() => app.synth())));
    expect(text).toMatch(/shares +<token>/);
    expect(text).not.toContain('Token[');
  });
});
