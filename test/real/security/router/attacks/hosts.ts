import { type Attack, get, refused, request, served } from '../attack';

const at = (host: string, path = '/h') => request(`GET ${path}`, [], '', host);

const KNOWN = [
  'a.example.com',
  'A.EXAMPLE.com',
  'a.example.com:8080',
  'a.example.com.',
  'a.example.com.:80',
  'A.Example.Com.',
  'x.b.example.com',
  'x.y.b.example.com.:443',
  'X.B.EXAMPLE.COM',
];

const UNKNOWN = [
  'example.com',
  'a.example.com.evil.example',
  'evil-a.example.com',
  'b.example.com',
  'xb.example.com',
  'any.example',
  'any_name',
  '192.0.2.1',
  '192.0.2.1:80',
  '[::1]',
  '[2001:db8::1]:8080',
];

const INVALID = [
  '',
  'a.example.com:',
  'a.example.com:x',
  'a.example.com:80:80',
  'a.example.com:800000',
  'a.example.com@evil.example',
  'evil.example/a.example.com',
  'a.example.com/..',
  'a.example.com?x',
  'a.example.com#x',
  'a b',
  'a.example.com, evil.example',
  'a.example.com\tx',
  '"a.example.com"',
  '*.b.example.com',
  'a.example.com%00',
  'a%2eexample.com',
  '[::1',
  '::1',
  '[::1]x',
  'a\\b',
  '\xe9.example',
  '-a.example.com',
  'a.example.com:+80',
];

/** Host names that two parsers could interpret as different hosts. */
export const HOSTS: readonly Attack[] = [
  ...KNOWN.map((host) => served(`host ${host}`, at(host), 'hosted-v1 GET /h')),
  ...UNKNOWN.map((host) => served(`host ${host}, which no endpoint names`, at(host), 'root-v1 GET /h')),
  ...INVALID.map((host) => refused(`host ${JSON.stringify(host)}`, at(host))),
  refused('two hosts', request('GET /h', ['Host: evil.example'], '', 'a.example.com')),
  refused('two hosts in the other order', request('GET /h', ['Host: a.example.com'], '', 'evil.example')),
  served('a host twice', request('GET /h', ['Host: a.example.com'], '', 'a.example.com'), 'hosted-v1 GET /h'),
  refused('no host', 'GET /h HTTP/1.1\r\n\r\n', 400),
  served('no host in HTTP/1.0', 'GET /h HTTP/1.0\r\n\r\n', 'root-v1 GET /h'),
  refused('an invalid host in HTTP/1.0', 'GET /h HTTP/1.0\r\nHost: a@b\r\n\r\n', 400),
  refused('a space in front of the colon', 'GET /h HTTP/1.1\r\nHost : a.example.com\r\n\r\n'),
  served('a folded host', 'GET /h HTTP/1.1\r\nHost:\r\n a.example.com\r\n\r\n', 'hosted-v1 GET /h'),
  served('an address with this host', at('a.example.com', 'http://a.example.com/h'), 'hosted-v1 GET /h'),
  served('an address in capitals', at('a.example.com', 'HTTP://A.EXAMPLE.COM/h?x=1'), 'hosted-v1 GET /h?x=1'),
  served('an address with a user', at('a.example.com', 'http://user@a.example.com/h'), 'hosted-v1 GET /h'),
  refused('an address with another host', at('a.example.com', 'http://evil.example/h')),
  refused('an address with another host behind a user', at('evil.example', 'http://evil.example@a.example.com/h')),
  refused('an address with another port', at('a.example.com:80', 'http://a.example.com:81/h')),
  refused('an address with dots', at('a.example.com', 'http://a.example.com/../h'), 400),
  refused('an address without a path, with a query', at('a.example.com', 'http://a.example.com?/h')),
  served('an address with empty segments', at('a.example.com', 'http://a.example.com//h'), 'hosted-v1 GET /h'),
  served('X-Forwarded-Host of a stranger', request('GET /h', ['X-Forwarded-Host: a.example.com']), 'root-v1 GET /h'),
  served(
    'X-Host and X-Original-Host of a stranger',
    request('GET /h', ['X-Host: a.example.com', 'X-Original-Host: a.example.com']),
    'root-v1 GET /h',
  ),
  served('Forwarded of a stranger', get('/h', 'Forwarded: host=a.example.com;proto=https'), 'root-v1 GET /h'),
];
