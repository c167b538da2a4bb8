/** The statuses of the errors that the router generates, with their titles in RFC 9110. */
const TITLES = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
} as const;

/** The status of an error that the router generates. */
export type ProblemStatus = keyof typeof TITLES;

/** The media type of errors (RFC 9457). */
const MEDIA_TYPE = 'application/problem+json';

/** How long a client should wait before it tries again, in seconds. */
const RETRY_SECONDS = 1;

/** The statuses after which a client can send the same request again. */
const RETRIED: ReadonlySet<ProblemStatus> = new Set([429, 503]);

/** The variable that is set for clients that prefer text to JSON, until a server has answered. */
const TEXT = 'txn.text';

/** The media types of `Accept` for which an error is text, unless JSON is accepted too. */
const TEXT_TYPES = 'text/plain text/html text/*';

/** What surrounds the status, the title and the detail of an error, by name of the environment variable: in text and in JSON. */
const PARTS = {
  PROBLEM: ['', '{"type":"about:blank","status":'],
  TITLE: [' ', ',"title":"'],
  DETAIL: [': ', '","detail":"'],
  END: ['', '"}'],
} as const;

/** Why a request that reached a pool gets 503: with ready replicas, it waited too long for one of them. */
const UNAVAILABLE =
  '%[var(txn.pool),nbsrv,bool,iif(\\"no replica accepted the request in time\\",\\"no replica is ready\\")]';

/** The errors that HAProxy generates outside of rules. */
const DETAILS = {
  400: 'the request is invalid, or its client closed the connection',
  408: 'the request did not arrive in time',
  500: 'the router failed',
  502: 'the replica closed the connection or sent an invalid response',
  503: UNAVAILABLE,
  504: 'the replica did not answer in time',
} as const satisfies Partial<Record<ProblemStatus, string>>;

/** The parts of errors, which are text or JSON. */
export function renderProblemParts(): string[] {
  return [
    '  # The errors of the router are problem details in JSON (RFC 9457), or text for clients that prefer it.',
    ...Object.entries(PARTS).map(
      ([name, [text, json]]) => `  setenv ${name} '%[var(${TEXT},0),bool,iif("${text}",${JSON.stringify(json)})]'`,
    ),
  ];
}

/** The errors that HAProxy generates outside of rules. */
export function renderProblems(): string[] {
  return Object.entries(DETAILS).map(
    ([status, detail]) => `  http-error ${problem(Number(status) as ProblemStatus, detail)}`,
  );
}

/** Decides between text and JSON, before any rule that can fail. */
export function renderProblemForm(): string[] {
  return [
    `  http-request set-var(${TEXT}) bool(true) if { req.hdr(accept) -m beg -i ${TEXT_TYPES} } !{ req.hdr(accept) -m sub -i json }`,
    `  http-after-response set-header Content-Type text/plain if { var(${TEXT}) -m found }`,
  ];
}

/** The last rule for responses of servers, which are not errors of the router. */
export function renderServed(): string[] {
  return [`  http-response unset-var(${TEXT})`];
}

/** An error: its status, body and headers. */
export function problem(status: ProblemStatus, detail: string, headers: readonly string[] = []): string {
  const body = `\${PROBLEM}${status}\${TITLE}${TITLES[status]}\${DETAIL}${detail}\${END}`;
  const all = [...headers, ...(RETRIED.has(status) ? [`hdr Retry-After ${RETRY_SECONDS}`] : [])];
  return [`status ${status} content-type ${MEDIA_TYPE} lf-string "${body}"`, ...all].join(' ');
}

/** Answers requests that match a condition, without a server. */
export function answer(status: ProblemStatus, detail: string, condition: string, headers?: readonly string[]): string {
  return `  http-request return ${problem(status, detail, headers)} ${condition}`;
}
