import { readFileSync } from 'node:fs';
import type { IConstruct } from 'constructs';
import { ServerProtocol } from '../../plan/choices';
import type { ServerIntent, SmokeTestIntent } from '../../plan/intents';
import { requireIdentifier, requireNumber, requireText } from '../../private/checks';
import { describe } from '../../private/describe';
import { ServingError } from '../../private/errors';
import { requestPathFault, shownRequestPath } from '../../private/request-path';
import { isUnresolved } from '../../private/tokens';
import type { SmokeTest } from '../../workload/smoke-test';
import { checkSchema } from './json-schema';

/** The largest body. An ECS task definition has at most 64 KiB, and Base64 adds a third. */
const MAX_BODY_BYTES = 16 * 1024;

/** Where a smoke test is declared. */
export interface SmokeTestPlace {
  readonly name: string;
  readonly server: ServerIntent;
  readonly protocol: ServerProtocol;
  readonly loadSeconds: number;
  readonly at: IConstruct;
}

/** Validates a smoke test, reads its file and applies the defaults. */
export function smokeTestOf(test: SmokeTest | undefined, place: SmokeTestPlace): SmokeTestIntent | undefined {
  if (test === undefined) return undefined;
  const { at } = place;
  requireInterpreter(place);
  requireHttp1(place);
  const body = bodyOf(test, at);
  const method = requireText('smokeTest.method', test.method ?? (body === undefined ? 'GET' : 'POST'), at);
  if (!/^[A-Z]+$/.test(method))
    throw new ServingError(
      'InvalidText',
      `'smokeTest.method' ('${method}') must be an HTTP method, such as 'POST'`,
      at,
    );
  const { status = 200, schema } = test.answer ?? {};
  if (schema !== undefined) checkSchema('smokeTest.answer.schema', schema, at);
  return {
    method,
    path: pathOf(test.path, at),
    headers: { ...body?.type, ...headersOf(test, at) },
    ...(body !== undefined && { bodyBase64: body.bytes.toString('base64') }),
    timeoutSeconds: timeoutOf(test, place),
    status: requireNumber('smokeTest.answer.status', status, { min: 200, max: 599, integer: true, at }),
    ...(schema !== undefined && { schema: JSON.stringify(schema) }),
  };
}

function requireInterpreter({ name, server, at }: SmokeTestPlace): void {
  const { interpreter, name: program } = server.descriptor;
  if (interpreter !== undefined) return;
  throw new ServingError(
    'Unsupported',
    `'smokeTest' of backend '${name}' requires a Python interpreter in the image, and none is known for ${program}; set 'interpreter' in the 'behavior' of ModelServer.fromImage or ModelServer.command, such as 'python3', or remove 'smokeTest'`,
    at,
  );
}

/** The scripts that send the request use HTTP/1.1. */
function requireHttp1({ name, protocol, at }: SmokeTestPlace): void {
  if (protocol === ServerProtocol.HTTP1) return;
  throw new ServingError(
    'Unsupported',
    `'smokeTest' of backend '${name}' sends a request with HTTP/1.1, but its 'protocol' is ${protocol}; remove 'smokeTest', or use ServerProtocol.HTTP1`,
    at,
  );
}

function pathOf(path: string, at: IConstruct): string {
  const fault = requestPathFault(requireIdentifier('smokeTest.path', path, at));
  if (fault === undefined) return path;
  throw new ServingError('InvalidPath', `'smokeTest.path' ('${shownRequestPath(path)}') ${fault}`, at);
}

function headersOf({ headers = {} }: SmokeTest, at: IConstruct): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t -~]*$/.test(value) && !isUnresolved(value)) continue;
    throw new ServingError(
      'InvalidHeader',
      `'smokeTest.headers' has an invalid header '${name}'; use printable ASCII without line breaks, known at synthesis`,
      at,
    );
  }
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function timeoutOf({ timeout }: SmokeTest, { loadSeconds, at }: SmokeTestPlace): number {
  const seconds = requireNumber(
    'smokeTest.timeout',
    timeout?.toSeconds() ?? Math.min(30, Math.ceil(loadSeconds) - 1 || 1),
    {
      min: 1,
      integer: true,
      at,
    },
  );
  if (seconds < loadSeconds) return seconds;
  throw new ServingError(
    'ConflictingProps',
    `'smokeTest.timeout' (${seconds} s) must be less than 'loadTimeout' (${loadSeconds} s), which includes the smoke test; increase 'loadTimeout'`,
    at,
  );
}

/** The body of the request, and the header with its type. */
interface Body {
  readonly bytes: Buffer;
  readonly type: { readonly 'content-type': string };
}

function bodyOf(test: SmokeTest, at: IConstruct): Body | undefined {
  const given = (['json', 'text', 'file'] as const).filter((prop) => test[prop] !== undefined);
  if (given.length > 1) {
    const props = given.map((prop) => `'${prop}'`).join(' and ');
    throw new ServingError('ConflictingProps', `'smokeTest' has ${props}, and a request has one body; remove one`, at);
  }
  const { json, text, file } = test;
  const body =
    json !== undefined
      ? { bytes: Buffer.from(jsonOf(json, at)), type: typed('application/json') }
      : text !== undefined
        ? { bytes: Buffer.from(requireText('smokeTest.text', text, at)), type: typed('text/plain; charset=utf-8') }
        : file !== undefined
          ? { bytes: contentOf(file, at), type: typed(typeOf(file)) }
          : undefined;
  if (body === undefined || body.bytes.length <= MAX_BODY_BYTES) return body;
  throw new ServingError(
    'InvalidNumber',
    `the body of 'smokeTest' (${body.bytes.length} bytes) must have at most ${MAX_BODY_BYTES} bytes, because it is part of the template or manifest; use a smaller sample`,
    at,
  );
}

const typed = (type: string): Body['type'] => ({ 'content-type': type });

function typeOf(file: string): string {
  if (/\.json$/i.test(file)) return 'application/json';
  return /\.txt$/i.test(file) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

/** The text of a value; undefined for one that JSON cannot contain, such as one that contains itself. */
function textOf(json: unknown): string | undefined {
  try {
    return JSON.stringify(json);
  } catch {
    return undefined;
  }
}

function jsonOf(json: unknown, at: IConstruct): string {
  const text = textOf(json);
  if (text !== undefined && !isUnresolved(text)) return text;
  throw new ServingError(
    'InvalidType',
    `'smokeTest.json' (${describe(json)}) must be JSON that is known at synthesis`,
    at,
  );
}

function contentOf(file: string, at: IConstruct): Buffer {
  try {
    return readFileSync(requireIdentifier('smokeTest.file', file, at));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof ServingError) throw error;
    throw new ServingError(
      'InvalidPath',
      `'smokeTest.file' ('${file}') cannot be read (${code}); relative paths are relative to ${process.cwd()}`,
      at,
    );
  }
}
