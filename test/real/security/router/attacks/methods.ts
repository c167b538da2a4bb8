import { type Attack, refused, request, served } from '../attack';

/** Methods that open a tunnel, reflect headers, or are invalid. */
export const METHODS: readonly Attack[] = [
  refused('TRACE', request('TRACE /echo'), 501),
  refused('TRACE with Max-Forwards', request('TRACE /echo', ['Max-Forwards: 0']), 501),
  refused('TRACE of an endpoint with methods', request('TRACE /guarded/x', ['X-Tier: gold']), 501),
  refused('CONNECT', 'CONNECT a.example.com:80 HTTP/1.1\r\nHost: a.example.com:80\r\n\r\n', 501),
  refused('CONNECT of a path', request('CONNECT /echo'), 'refused'),
  refused('CONNECT with a body', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 3\r\n\r\nabc'),
  refused('PRI', request('PRI *')),
  refused('a method with a control', request('GE\x01T /echo')),
  refused('a method with a colon', request('GET: /echo')),
  refused('TRACE in small letters', request('trace /echo'), 501),
  refused('CONNECT in small letters', request('connect /echo')),
  served('an unknown method', request('PURGE /echo'), 'root-v1 PURGE /echo'),
  refused('get for GET', request('get /guarded/x', ['X-Tier: gold']), 405),
  served('HEAD where GET is allowed', request('HEAD /guarded/x', ['X-Tier: gold']), 'guarded-v1 HEAD /guarded/x'),
  refused('head for HEAD', request('head /guarded/x', ['X-Tier: gold']), 405),
  ...['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PURGE'].map((method) =>
    refused(
      `${method} where only GET and HEAD are allowed`,
      request(`${method} /guarded/x`, ['X-Tier: gold', 'Content-Length: 0']),
      405,
    ),
  ),
];
