/** What the scripts read from their argument, as JSON. */
export interface SmokeConfig {
  readonly port: number;
  /** The check that a server passes once it has started. */
  readonly startup: SmokeQuestion;
  /** The check of a running server. */
  readonly health: SmokeQuestion;
  readonly sample: {
    readonly method: string;
    readonly path: string;
    readonly headers: { readonly [name: string]: string };
    /** In Base64. */
    readonly body?: string;
    readonly timeout: number;
    readonly status: number;
    readonly schema?: unknown;
  };
}

/** A request of a health check. */
export interface SmokeQuestion {
  readonly path: string;
  readonly host?: string;
  /** The first and the last code of each range. */
  readonly statuses: readonly (readonly number[])[];
  readonly timeout: number;
}

/**
 * Sends the requests, and raises an exception with the reason if an answer differs from the declared one. An alarm limits the
 * whole request, because the timeout of a socket applies to each of its operations.
 */
const REQUESTS = `
import base64, http.client, json, signal, sys

config = json.loads(sys.argv[1])

def late(*_):
    raise TimeoutError('no complete answer within the timeout')

def ask(method, path, headers, body, timeout):
    connection = http.client.HTTPConnection('127.0.0.1', config['port'], timeout=timeout)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()

def check(question):
    headers = {'Host': question['host']} if 'host' in question else {}
    status, _ = ask('GET', question['path'], headers, None, question['timeout'])
    return status, any(first <= status <= last for first, last in question['statuses'])
`;

/** Compares a value with the supported part of JSON Schema. */
const SCHEMA = `
TYPES = {'object': dict, 'array': list, 'string': str, 'boolean': bool, 'null': type(None), 'number': (int, float)}

def is_a(value, name):
    if name == 'integer':
        return is_a(value, 'number') and value == int(value)
    return isinstance(value, TYPES[name]) and (name == 'boolean' or not isinstance(value, bool))

def equal(one, other):
    return one == other and isinstance(one, bool) == isinstance(other, bool)

def match(value, schema, at='the answer'):
    names = schema.get('type', [])
    names = [names] if isinstance(names, str) else names
    if names and not any(is_a(value, name) for name in names):
        raise ValueError('%s is not of type %s' % (at, ' or '.join(names)))
    if 'enum' in schema and not any(equal(value, one) for one in schema['enum']):
        raise ValueError('%s is none of the expected values' % at)
    if is_a(value, 'number'):
        if not schema.get('minimum', value) <= value <= schema.get('maximum', value):
            raise ValueError('%s (%s) is out of range' % (at, value))
    if isinstance(value, list):
        if not schema.get('minItems', 0) <= len(value) <= schema.get('maxItems', len(value)):
            raise ValueError('%s has %d elements' % (at, len(value)))
        for index, element in enumerate(value):
            match(element, schema.get('items', {}), '%s[%d]' % (at, index))
    if isinstance(value, dict):
        for name in schema.get('required', []):
            if name not in value:
                raise ValueError('%s has no %s' % (at, name))
        for name, part in schema.get('properties', {}).items():
            if name in value:
                match(value[name], part, '%s.%s' % (at, name))
`;

const SAMPLE = `
def limited(timeout, function):
    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        return function()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)

def started():
    status, healthy = limited(config['startup']['timeout'], lambda: check(config['startup']))
    if not healthy:
        raise ValueError('the health check has status %d' % status)
    sample = config['sample']
    body = base64.b64decode(sample['body']) if 'body' in sample else None
    send = lambda: ask(sample['method'], sample['path'], sample['headers'], body, sample['timeout'])
    status, answer = limited(sample['timeout'], send)
    if status != sample['status']:
        raise ValueError('the smoke test has status %d instead of %d' % (status, sample['status']))
    if 'schema' in sample:
        match(json.loads(answer), sample['schema'])
`;

const PROBE = `
try:
    started()
except Exception as error:
    sys.exit('smoke test: %s: %s' % (type(error).__name__, error))
`;

/** Until the smoke test has succeeded once, every health check fails. From then on the server answers them. */
const GATE = `
import http.server, threading, time

passed = threading.Event()

class Gate(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status = 503
        if passed.is_set():
            try:
                status, _ = check(config['health'])
            except Exception as error:
                print('health check: %s: %s' % (type(error).__name__, error), flush=True)
        self.send_response(status)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_):
        pass

gate = http.server.ThreadingHTTPServer(('0.0.0.0', int(sys.argv[2])), Gate)
threading.Thread(target=gate.serve_forever, daemon=True).start()
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while not passed.is_set():
    try:
        started()
        passed.set()
        print('smoke test: passed', flush=True)
    except Exception as error:
        print('smoke test: %s: %s' % (type(error).__name__, error), flush=True)
        time.sleep(int(sys.argv[3]))
while True:
    signal.pause()
`;

const ISOLATED = ['-I', '-B', '-c'];

/** JSON in ASCII, because the interpreter decodes its arguments with the locale of the container. */
function jsonOf(config: SmokeConfig): string {
  return JSON.stringify(config).replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The arguments of a Python interpreter that runs the smoke test once and exits with 0 if it succeeds. */
export function smokeProbe(config: SmokeConfig): string[] {
  return [...ISOLATED, [REQUESTS, SCHEMA, SAMPLE, PROBE].join('').trim(), jsonOf(config)];
}

/** The arguments of a Python interpreter that answers health checks on a port, and fails them until the smoke test succeeds. */
export function smokeGate(config: SmokeConfig, port: number, intervalSeconds: number): string[] {
  const code = [REQUESTS, SCHEMA, SAMPLE, GATE].join('').trim();
  return [...ISOLATED, code, jsonOf(config), String(port), String(intervalSeconds)];
}
