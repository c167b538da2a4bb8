import { changed } from './change';
import { matchListener } from './cloudformation';
import { deployment } from './cloudformation-fixture';

const split = 'endpoint.Resources.Split.Properties';

describe('matchListener', () => {
  const match = (
    request: Parameters<typeof matchListener>[1],
    templates: Parameters<typeof matchListener>[0] = deployment,
  ) => matchListener(templates, request);

  test.each([
    [{ method: 'POST', path: '/classify' }, 'endpoint/Split'],
    [{ method: 'POST', path: '/classify/deep?x=1' }, 'endpoint/Split'],
    [{ method: 'post', path: '/classify' }, 'endpoint/NotAllowed'],
    [{ method: 'GET', path: '/classify' }, 'endpoint/NotAllowed'],
    [{ method: 'POST', path: '/Classify' }, 'platform/Listener'],
    [{ method: 'POST', path: '/classifyx' }, 'platform/Listener'],
    [{ path: '/classify', headers: { 'X-Serving-Backend': 'svm:V1' } }, 'endpoint/Own'],
    [{ path: '/classify', headers: { 'x-serving-backend': 'SVM:v2' } }, 'endpoint/NotAllowed'],
    [{ host: 'A.EXAMPLE.com:80', path: '/?V=BETA' }, 'endpoint/Host'],
    [{ host: 'example.com', path: '/?v=beta' }, 'platform/Listener'],
    [{ sourceIp: '192.0.2.1' }, 'backend/Anchor'],
    [{ sourceIp: '192.0.2.2' }, 'platform/Listener'],
  ])('sends %p by %s', (request, rule) => {
    expect(match(request).rule).toBe(rule);
  });

  test('gives weights and the rewritten path', () => {
    const shared = { path: '/deep?x=1', host: 'localhost', headers: {} };
    expect(match({ method: 'POST', path: '/classify/deep?x=1' })).toEqual({
      kind: 'forward',
      rule: 'endpoint/Split',
      destinations: [
        { target: 'backend/Targets', weight: 9, ...shared },
        { target: 'backend/Dark', weight: 1, ...shared },
      ],
    });
  });

  test('gives fixed responses and redirects', () => {
    expect(match({ path: '/' })).toEqual({
      kind: 'fixed',
      rule: 'platform/Listener',
      status: 404,
      body: 'no such endpoint',
      contentType: 'text/plain',
    });
    const action = { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } };
    const away = changed(deployment, { 'platform.Resources.Listener.Properties.DefaultActions[0]': action });
    expect(match({ host: 'a.b', path: '/x?y=1' }, away)).toEqual({
      kind: 'redirect',
      rule: 'platform/Listener',
      status: 301,
      location: 'https://a.b:443/x?y=1',
    });
  });

  test('evaluates by priority, not by position', () => {
    const swapped = changed(deployment, { [`${split}.Priority`]: 301 });
    expect(match({ method: 'POST', path: '/classify' }, swapped).rule).toBe('endpoint/NotAllowed');
  });

  test('requires a listener if there are several', () => {
    const two = changed(deployment, { 'platform.Resources.Second': deployment.platform.Resources.Listener });
    expect(() => match({}, two)).toThrow(/specify one of the listeners: platform\/Listener, platform\/Second/);
    expect(matchListener(two, {}, { listener: 'Second' }).rule).toBe('platform/Second');
  });

  test('matches rules of a listener that is imported by ARN', () => {
    const arn = 'arn:aws:elasticloadbalancing:eu-central-1:1:listener/app/a/b/c';
    const alone = changed(
      { endpoint: deployment.endpoint },
      {
        [`${split}.ListenerArn`]: arn,
        'endpoint.Resources.Own': undefined,
        'endpoint.Resources.NotAllowed': undefined,
        'endpoint.Resources.Host': undefined,
      },
    );
    expect(match({ method: 'POST', path: '/classify' }, alone).rule).toBe('endpoint/Split');
    expect(() => match({ path: '/' }, alone)).toThrow(/default action of arn:aws/);
  });

  test.each([
    [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }, { sourceIp: '10.9.8.7' }, true],
    [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }, { sourceIp: '11.0.0.1' }, false],
    [{ Field: 'path-pattern', RegexValues: ['^/v[0-9]+/x$'] }, { path: '/v12/x' }, true],
    [{ Field: 'path-pattern', Values: ['/a.b/?'] }, { path: '/a.b/c' }, true],
    [{ Field: 'path-pattern', Values: ['/a.b/?'] }, { path: '/axb/c' }, false],
    [
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-A', Values: ['b*'] } },
      { headers: { 'x-a': 'BCD' } },
      true,
    ],
    [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-A', Values: ['*'] } }, {}, false],
    [{ Field: 'query-string', QueryStringConfig: { Values: [{ Value: 'x' }] } }, { path: '/?any=X' }, true],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of CloudFormation
    [{ Field: 'host-header', Values: [{ 'Fn::Sub': '${Name}.example.com' }] }, { host: 'models.example.com' }, true],
    [
      { Field: 'host-header', Values: [{ 'Fn::Join': ['.', [{ Ref: 'Name' }, 'example.com']] }] },
      { host: 'models.example.com' },
      true,
    ],
  ])('evaluates %j for %j', (condition, request, expected) => {
    const templates = changed(deployment, {
      [`${split}.Conditions`]: [condition],
      [`${split}.Priority`]: 1,
      'endpoint.Parameters.Name': { Type: 'String', Default: 'models' },
    });
    expect(matchListener(templates, request).rule === 'endpoint/Split').toBe(expected);
  });
});
