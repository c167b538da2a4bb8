import { Haproxy, sections, words } from './haproxy';

const config = (...rules: string[]) =>
  [
    'defaults base',
    '  timeout server 70s',
    'frontend in from base',
    '  bind :80',
    ...rules.map((rule) => `  ${rule}`),
    'backend a from base',
    'backend b from base',
  ].join('\n');
const route = (request: object, ...rules: string[]) => new Haproxy(config(...rules)).route('in', request);

describe('words of a configuration', () => {
  test.each([
    ['a  b', ['a', 'b']],
    ["a 'b c' d", ['a', 'b c', 'd']],
    ["'it'\\''s' x", ["it's", 'x']],
    ['a "" b', ['a', '', 'b']],
    ['a # b', ['a']],
    ['  ', []],
  ])('of %p are %j', (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  test('fails when a quote is not closed', () => {
    expect(() => words("a 'b")).toThrow("unclosed quote: a 'b");
  });

  test('belong to sections', () => {
    expect(sections(config('use_backend a')).map(({ kind, name, from }) => [kind, name, from])).toEqual([
      ['defaults', 'base', undefined],
      ['frontend', 'in', 'base'],
      ['backend', 'a', 'base'],
      ['backend', 'b', 'base'],
    ]);
  });
});

describe('a request', () => {
  test.each([
    [{ path: '/a' }, { status: 404, headers: {} }],
    [{ path: '/m' }, { backend: 'a', path: '/m' }],
    [
      { path: '/m/x', method: 'POST' },
      { backend: 'b', path: '/m/x' },
    ],
    [
      { path: '/m', headers: { 'X-Pick': 'b' } },
      { backend: 'b', path: '/m' },
    ],
  ])('%j is routed by the rules that match', (request, expected) => {
    const rules = [
      'acl m path -m str -- /m',
      'acl m path -m beg -- /m/',
      'acl post method -- POST',
      'http-request set-var(txn.pool) str(b) if m post',
      'http-request set-var(txn.pool) req.fhdr(x-pick) if m { req.fhdr(x-pick) -m found }',
      'http-request return status 404 unless m',
      'http-request set-var(txn.pool) str(a) unless { var(txn.pool) -m found }',
      'http-request return status 404 unless m',
      'use_backend %[var(txn.pool)] if { var(txn.pool) -m found }',
    ];
    expect(route(request, ...rules)).toMatchObject(expected);
  });

  test.each<[string, object, number]>([
    ['{ req.hdr(x-list) -m str -i B }', { headers: { 'x-list': 'a, b' } }, 400],
    ['{ req.fhdr(x-list) -m str -i B }', { headers: { 'x-list': 'a, b' } }, 404],
    ['{ path -m reg -i -- ^/A+$ }', { path: '/aa' }, 400],
    ['{ path -m reg -- ^/A+$ }', { path: '/aa' }, 404],
    ['{ path,url_dec -m sub // }', { path: '/a%2f/b' }, 400],
    ['{ path,field(2,/,2) -m str a/b }', { path: '/a/b/c' }, 400],
    ['{ path,field(2,/,2) -m end / }', { path: '/a//c' }, 400],
    [`{ 'path,regsub("(?<!:)//+",-,g)' -m str /a://b-c }`, { path: '/a://b//c' }, 400],
    ['!{ path,url_dec -m found }', { path: '/a%2' }, 400],
    ['{ src 10.0.0.0/8 192.0.2.7 }', { sourceIp: '10.1.2.3' }, 400],
    ['{ src 10.0.0.0/8 192.0.2.7 }', { sourceIp: '192.0.2.8' }, 404],
    ['{ method PUT } or { req.fhdr_cnt(x-list) eq 1 }', { headers: { 'x-list': 'a' } }, 400],
    ['{ method PUT } or { req.fhdr_cnt(x-list) eq 1 }', {}, 404],
  ])('is refused if %s: %j', (condition, request, status) => {
    expect(route(request, `http-request return status 400 if ${condition}`, 'http-request return status 404')).toEqual({
      status,
      headers: {},
    });
  });

  test.each([
    ['http-request del-header ^x-(a|b)$ -m reg', 404],
    ['http-request del-header X-B', 404],
    ['http-request set-header X-B other', 404],
    ['http-request del-header X-C', 400],
  ])('has its headers changed by %s', (rule, status) => {
    const condition = 'http-request return status 400 if { req.fhdr(x-b) -m str 1 }';
    const result = route({ headers: { 'X-B': '1' } }, rule, condition, 'http-request return status 404');
    expect(result).toMatchObject({ status });
  });

  test('alternates with a counter', () => {
    const haproxy = new Haproxy(
      config(
        'http-request track-sc0 str(k) table t',
        'http-request set-var(txn.slot) sc0_inc_gpc0(t),mod(3)',
        'http-request set-var(txn.pool) str(a)',
        'http-request set-var(txn.pool) str(b) if { var(txn.slot) gt 0 }',
        'use_backend %[var(txn.pool)]',
      ),
    );
    const chosen = Array.from({ length: 6 }, () => haproxy.route('in', {})).map(
      (result) => 'backend' in result && result.backend,
    );
    expect(chosen).toEqual(['b', 'b', 'a', 'b', 'b', 'a']);
  });

  test('has its path rewritten by its fields', () => {
    const rewrite = [
      'http-request set-var(txn.rest) path,field(3,/,0)',
      'http-request set-path /x/%[var(txn.rest)]',
      'use_backend a',
    ];
    expect(route({ path: '/m/y/z' }, ...rewrite)).toMatchObject({ path: '/x/y/z' });
  });

  test.each<[string, string | undefined]>([
    ['path,map_beg(paths.map)', '/m-long'],
    ['path,concat(/),map_beg(paths.map)', '/m-long'],
    ['method,map_str(methods.map)', 'two words'],
    ['req.fhdr(x-text),url_enc', 'a%20%2F~'],
    ['req.fhdr(x-text),regsub(" ","\\\\",g)', 'a\\/~'],
    ['req.fhdr(host),field(-1,.,2)', 'b.c'],
    ['req.fhdr(host),field(-3,.)', 'a'],
    ['req.fhdr(host),field(-4,.)', undefined],
    ['path,concat(|,txn.set,|)', '/m/x|1|'],
    ['path,map_str(paths.map)', undefined],
    ['var(txn.removed)', undefined],
  ])('has this value of %s: %s', (expression, expected) => {
    const rules = [
      'http-request set-var(txn.set) str(1)',
      'http-request set-var(txn.removed) str(1)',
      'http-request unset-var(txn.removed)',
      `http-request set-var(txn.value) '${expression}'`,
      'http-request return status 404 hdr X-Value %[var(txn.value)] if { var(txn.value) -m found }',
      'http-request return status 204',
    ];
    const files = {
      'haproxy.cfg': config(...rules),
      'paths.map': '# paths\n/m short\n/m/ /m-long\n/m/x/y other\n',
      'methods.map': 'GET two words\n',
    };
    const result = new Haproxy(files).route('in', {
      path: '/m/x',
      host: 'a.b.c',
      headers: { 'x-text': 'a /~' },
    }) as { headers: object };
    expect(result.headers).toEqual(expected === undefined ? {} : { 'x-value': expected });
  });

  test.each([
    ['missing.map', "no file is named 'missing.map'"],
    ['bad.map', "invalid line of 'bad.map': key"],
  ])('fails with %s', (name, message) => {
    const files = { 'haproxy.cfg': config(`http-request set-var(txn.a) path,map_str(${name})`), 'bad.map': 'key' };
    expect(() => new Haproxy(files).route('in', {})).toThrow(message);
  });

  test.each([
    ['http-request deny', "unknown action 'deny'"],
    ['use_backend a if missing', "no ACL is named 'missing'"],
    ['use_backend %[dst]', "unknown fetch 'dst'"],
    ['use_backend %[path,upper]', "unknown converter 'upper'"],
    ['monitor-uri set-status 200', "unknown keyword 'monitor-uri'"],
    ['use_backend c', "the configuration has no backend 'c'"],
    ['http-request set-var(txn.a) str(b)', 'no rule of the frontend matches the request'],
  ])('fails at an unknown word: %s', (rule, message) => {
    expect(() => route({}, rule)).toThrow(message);
  });
});
