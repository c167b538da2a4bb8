import type { HealthCheckIntent } from '../../plan/intents';

/** One request of a health check, and what it requires of the response. */
export type HttpQuestion = Pick<HealthCheckIntent, 'path' | 'statuses' | 'host' | 'timeoutSeconds'>;

/** What the interpreter needs to start, in addition to the time of the request. */
export const INTERPRETER_SECONDS = 1;

/**
 * The arguments with which a Python interpreter in the container of a server sends the request, and exits with 0 if the
 * status is healthy. It is isolated (`-I`), so that modules of the application cannot shadow those of the standard library.
 */
export function pythonCheck(port: number, { path, statuses, host, timeoutSeconds }: HttpQuestion): string[] {
  const connection = `c = http.client.HTTPConnection('127.0.0.1', ${port}, timeout=${timeoutSeconds})`;
  const headers = host === undefined ? '' : `, headers={'Host': ${quoted(host)}}`;
  const request = `c.request('GET', ${quoted(path)}${headers})`;
  return [
    '-I',
    '-c',
    `import http.client, sys; ${connection}; ${request}; s = c.getresponse().status; sys.exit(${failing(statuses)})`,
  ];
}

/** A Python expression that is true for a status `s` that is not healthy. */
function failing(statuses: string): string {
  const [first = '', last] = statuses.split('-');
  return last === undefined ? `s not in (${first},)` : `not ${first} <= s <= ${last}`;
}

/** A Python string with this text, which is printable ASCII. */
function quoted(text: string): string {
  return /['\\]/.test(text) ? JSON.stringify(text) : `'${text}'`;
}
