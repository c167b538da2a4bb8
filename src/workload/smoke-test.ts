import type { Duration } from '../units/duration';

/** The expected answer to the request of a smoke test. */
export interface SmokeTestAnswer {
  /**
   * The status code.
   *
   * @default 200
   */
  readonly status?: number;

  /**
   * The shape of a JSON answer, as a part of JSON Schema: `type`, `properties`, `required`, `items`, `minItems`, `maxItems`,
   * `minimum`, `maximum` and `enum`. Other keywords are errors.
   *
   * @default - any answer
   */
  readonly schema?: { [keyword: string]: unknown };
}

/**
 * A sample request that a replica must answer as declared once, after its start, before it gets requests. It detects a model
 * that is loaded but gives no usable answers.
 *
 * The Python interpreter in the image sends the request, so the server must have a known one. It is a part of the
 * `loadTimeout`, and repeated until then. A new version whose replicas never pass it gets no requests.
 *
 * AWS: a container with the image of the server answers the checks of the load balancer: with 503 until the smoke test has
 * succeeded, and then as the server does. The deployment rolls back if no replica passes. Kubernetes: the startup probe; a
 * container that does not pass within `loadTimeout` is restarted, and the rollout stops.
 *
 * A change of the smoke test replaces the replicas. AWS: adding it to a backend that runs, or removing it, moves the checks of
 * the load balancer to another port at once, which the running tasks do not answer. Add it with a new backend, move the
 * requests with `splitTraffic`, and remove the old one.
 */
export interface SmokeTest {
  /**
   * The path in the container, regardless of the paths of endpoints.
   */
  readonly path: string;

  /**
   * The HTTP method.
   *
   * @default - `POST` with a body, otherwise `GET`
   */
  readonly method?: string;

  /**
   * Headers of the request. They are readable in the template or manifest, so they must not contain credentials.
   *
   * @default - the content type of the body
   */
  readonly headers?: { [name: string]: string };

  /**
   * The body as JSON.
   *
   * @default - none
   */
  readonly json?: unknown;

  /**
   * The body as text.
   *
   * @default - none
   */
  readonly text?: string;

  /**
   * The path of a file with the body, relative to the working directory. It is read at synthesis.
   *
   * @default - none
   */
  readonly file?: string;

  /**
   * The maximum time until the answer is complete, in whole seconds. It must be less than `loadTimeout`.
   *
   * @default Duration.seconds(30)
   */
  readonly timeout?: Duration;

  /**
   * The expected answer.
   *
   * @default - status 200
   */
  readonly answer?: SmokeTestAnswer;
}
