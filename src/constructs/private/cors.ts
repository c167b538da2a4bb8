import type { IConstruct } from 'constructs';
import type { CorsIntent } from '../../plan/intents';
import { requireList, requireText } from '../../private/checks';
import { ServingError } from '../../private/errors';
import { requireSeconds } from '../../units/private/seconds';
import type { CorsOptions } from '../endpoint-options';

/** Every origin. */
const ANY = '*';

/** The longest time that any browser keeps an answer, in seconds: a day. */
const LONGEST = 86_400;

/** How long browsers keep an answer without a time, in seconds. */
const DEFAULT_SECONDS = 5;

/** The methods of pages if the endpoint accepts every method. */
const EVERY_METHOD = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Validates the options and applies the defaults. */
export function corsOf(
  options: CorsOptions | undefined,
  methods: readonly string[],
  at: IConstruct,
): CorsIntent | undefined {
  if (options === undefined) return undefined;
  const {
    allowMethods,
    allowHeaders = ['Content-Type'],
    allowCredentials = false,
    exposeHeaders = [],
    maxAge,
  } = options;
  for (const [prop, list] of Object.entries({ allowOrigins: options.allowOrigins, allowMethods, allowHeaders }))
    if (list?.length === 0)
      throw new ServingError('EmptyList', `'${prop}' ([]) of 'cors' must not be empty; add a value, or omit it`, at);
  return {
    origins: originsOf(options.allowOrigins, allowCredentials, at),
    methods: [...new Set(allowMethods ?? (methods.length > 0 ? methods : EVERY_METHOD))],
    headers: headersOf('allowHeaders', allowHeaders, at),
    credentials: allowCredentials,
    exposedHeaders: headersOf('exposeHeaders', exposeHeaders, at),
    maxAgeSeconds:
      maxAge === undefined ? DEFAULT_SECONDS : requireSeconds('cors.maxAge', maxAge, { min: 0, max: LONGEST, at }),
  };
}

function originsOf(typed: string[], credentials: boolean, at: IConstruct): string[] {
  const origins = [...new Set(requireList('cors.allowOrigins', typed, at).map((origin) => originOf(origin, at)))];
  if (!origins.includes(ANY)) return origins;
  if (origins.length > 1) {
    throw new ServingError(
      'ConflictingProps',
      `'allowOrigins' (${origins.join(', ')}) of 'cors' has '*' and other origins; use '*' alone, or list the origins`,
      at,
    );
  }
  if (credentials) {
    throw new ServingError(
      'ConflictingProps',
      "'allowCredentials' (true) of 'cors' requires a list of origins, because browsers send no credentials to an endpoint that allows '*'; list the origins, or remove it",
      at,
    );
  }
  return origins;
}

/** An origin as browsers send it. */
function originOf(typed: string, at: IConstruct): string {
  const origin = requireText('cors.allowOrigins', typed, at).toLowerCase();
  const [, scheme, port] = /^(https?):\/\/[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(\d{1,5}))?$/.exec(origin) ?? [];
  const isDefaultPort = port === (scheme === 'https' ? '443' : '80');
  if (origin === ANY || (scheme !== undefined && !isDefaultPort)) return origin;
  throw new ServingError(
    'InvalidUrl',
    `'allowOrigins' ('${typed}') of 'cors' must be an origin as browsers send it, such as 'https://app.example.com' or 'http://localhost:3000', without a path or a default port, or '*'`,
    at,
  );
}

function headersOf(prop: string, names: string[], at: IConstruct): string[] {
  const checked = requireList(`cors.${prop}`, names, at).map((typed) => {
    const name = requireText(`cors.${prop}`, typed, at);
    if (/^[A-Za-z0-9-]+$/.test(name)) return name.toLowerCase();
    throw new ServingError(
      'InvalidHeader',
      `'${prop}' ('${name}') of 'cors' must be the name of a header of letters, digits and dashes, such as 'Authorization'; list each header${name === ANY ? ", because '*' is not supported" : ''}`,
      at,
    );
  });
  return [...new Set(checked)];
}
