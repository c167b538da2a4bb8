import { type Attack, get, refused, request, served } from '../attack';

const HIDDEN = get('/guarded/hidden');
const post = (headers: readonly string[], body: string, version = 'HTTP/1.1') =>
  request('POST /echo', headers, body).replace('HTTP/1.1', version);
const once = ['root-v1 POST /echo'];
const chunked = (body: string) => post(['Transfer-Encoding: chunked'], body + HIDDEN);

/** Header lines that only one of two parsers recognizes as Transfer-Encoding. */
const STRANGE_ENCODINGS = [
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding : chunked',
  'Transfer-Encoding\t: chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: identity, chunked, identity',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding: 'chunked'",
  'Transfer-Encoding: chunked;q=1',
  'Transfer-Encoding: chunked\x00',
  'Transfer-Encoding:\x0bchunked',
  'Transfer-Encoding:\x0cchunked',
  'Transfer-Encoding: chunk\x00ed',
  'Transfer-Encoding: \xffchunked',
  'Transfer-Encoding: cow',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
  'Transfer-Encoding: identity\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: cow',
  'Transfer\x00-Encoding: chunked',
  'Transfer-Encoding\x00: chunked',
];

const STRANGE_LENGTHS = [
  'Content-Length: 3\r\nContent-Length: 4',
  'Content-Length: 4\r\nContent-Length: 3',
  'Content-Length: 3, 4',
  'Content-Length: +3',
  'Content-Length: -3',
  'Content-Length: 0x3',
  'Content-Length: 3.0',
  'Content-Length: 3 3',
  'Content-Length: 3e0',
  'Content-Length: \x0b3',
  'Content-Length:',
  'Content-Length: ,3',
  'Content-Length: 18446744073709551619',
  'Content-Length: 99999999999999999999999',
  'Content-Length : 3',
  'Content-Length\t: 3',
  'Content-Length: 3\x00',
  'Content-Length: "3"',
];

const STRANGE_CHUNKS = [
  '0x3\r\nabc\r\n0\r\n\r\n',
  '+3\r\nabc\r\n0\r\n\r\n',
  '-3\r\nabc\r\n0\r\n\r\n',
  ' 3\r\nabc\r\n0\r\n\r\n',
  '3\r\nabcX\r\n0\r\n\r\n',
  '3g\r\nabc\r\n0\r\n\r\n',
  'ffffffffffffffff3\r\nabc\r\n0\r\n\r\n',
  '100000003\r\nabc\r\n0\r\n\r\n',
  '\r\n3\r\nabc\r\n0\r\n\r\n',
];

/** Bodies whose end two parsers could find in different places. RFC 9112, sections 6 and 7. */
export const SMUGGLING: readonly Attack[] = [
  ...STRANGE_ENCODINGS.map((header) =>
    refused(`TE.CL: ${JSON.stringify(header)}`, post([header, 'Content-Length: 4'], `5c\r\n${HIDDEN}0\r\n\r\n`)),
  ),
  ...STRANGE_LENGTHS.map((header) => refused(`CL: ${JSON.stringify(header)}`, post([header], `abc${HIDDEN}`))),
  ...STRANGE_CHUNKS.map((body) => refused(`chunks: ${JSON.stringify(body)}`, chunked(body))),
  // 2.6 accepts chunks with a bare line feed, and forwards them in the correct form.
  ...['3\nabc\n0\n\n', '3\r\nab\r\n0\r\n\r\n'].map(
    (body): Attack => ({
      ...refused(`chunks: ${JSON.stringify(body)}`, chunked(body)),
      or: { status: 200, arrives: [...once, 'guarded-v1 GET /guarded/hidden'] },
    }),
  ),
  served(
    'CL.TE: the length goes, and with it the rest of the connection',
    post(['Content-Length: 60', 'Transfer-Encoding: chunked'], `0\r\n\r\n${HIDDEN}`),
    ...once,
  ),
  served('TE.CL: the length goes', post(['Transfer-Encoding: chunked', 'Content-Length: 3'], `0\r\n\r\n`), ...once),
  served('equal lengths become one', post(['Content-Length: 3', 'Content-Length: 3'], 'abc'), ...once),
  served('a list of equal lengths becomes one', post(['Content-Length: 3, 3'], 'abc'), ...once),
  served(
    'extensions of chunks go',
    post(['Transfer-Encoding: chunked'], '3;x="\r\n"\r\nabc\r\n0\r\n\r\n'.replace('\r\n"', '"')),
    ...once,
  ),
  served(
    'a folded header is one line',
    request('GET /echo', ['X-A: b', '\tTransfer-Encoding: chunked']),
    'root-v1 GET /echo',
  ),
  {
    ...served('capitals of an encoding', post(['TRANSFER-ENCODING: CHUNKED'], '0\r\n\r\n'), ...once),
    or: { status: 400, arrives: [] },
  },
  served('0.CL: a body of GET stays a body', request('GET /echo', ['Content-Length: 3'], 'abc'), 'root-v1 GET /echo'),
  refused('chunks in HTTP/1.0', post(['Transfer-Encoding: chunked'], '0\r\n\r\n', 'HTTP/1.0'), 400),
  refused(
    'chunks in HTTP/1.0 on a connection that is kept',
    post(['Connection: keep-alive', 'Transfer-Encoding: chunked'], `0\r\n\r\n${HIDDEN}`, 'HTTP/1.0'),
    400,
  ),
  refused('an expectation that is not 100-continue', post(['Expect: y 100-continue', 'Content-Length: 3'], 'abc'), 417),
  refused('an expectation of something else', post(['Expect: 200-ok', 'Content-Length: 3'], 'abc'), 417),
  refused('two expectations', post(['Expect: 100-continue', 'Expect: x', 'Content-Length: 3'], 'abc'), 417),
  served('an expectation', post(['Expect: 100-continue', 'Content-Length: 3'], 'abc'), ...once),
  refused('a header without a colon', get('/echo', 'X-A'), 'refused'),
  refused('a header without a name', get('/echo', ': x'), 'refused'),
  refused('a bare CR in a header', get('/echo', 'X-A: b\rX-B: c'), 'refused'),
  refused('a space in a name', get('/echo', 'X A: b'), 'refused'),
  refused('a first header that is folded', request('GET /echo').replace('Host:', ' X: a\r\nHost:'), 'refused'),
  refused('HTTP/0.9', 'GET /echo\r\n\r\n', 'refused'),
  refused('a version with three digits', get('/echo').replace('HTTP/1.1', 'HTTP/1.10'), 'refused'),
  refused('HTTP/1.2', get('/echo').replace('HTTP/1.1', 'HTTP/1.2'), 400),
  refused('HTTP/2.0 in text', get('/echo').replace('HTTP/1.1', 'HTTP/2.0'), 400),
  refused('HTTP/3.0 in text', get('/echo').replace('HTTP/1.1', 'HTTP/3.0'), 400),
  refused('a version in small letters', get('/echo').replace('HTTP/1.1', 'http/1.1'), 'refused'),
  served('two spaces behind the method', get('/echo').replace(' /echo', '  /echo'), 'root-v1 GET /echo'),
  {
    name: 'requests one after another are two',
    send: `${get('/echo')}${get('/echo/2')}`,
    status: 200,
    arrives: ['root-v1 GET /echo', 'root-v1 GET /echo/2'],
  },
  {
    name: 'a request behind a refused one',
    send: `${get('/a/../b')}${get('/guarded/x')}`,
    status: 400,
    arrives: ['guarded-v1 GET /guarded/x'],
  },
];
