/** The rows of the tables of times. */
import type { ServingPlan } from '../../src/plan/plan';
import type { BackendPlan, EndpointPlan } from '../../src/plan/serving-plan';

/** The owner of an object: a backend, an endpoint, or the platform. */
export interface Scope {
  readonly plan: ServingPlan;
  readonly backend?: BackendPlan;
  readonly endpoint?: EndpointPlan;
}

export type Owner = 'platform' | 'endpoint' | 'backend';

/** The origin of a value. */
export type Origin =
  | { readonly kind: 'hop'; readonly what: string; readonly seconds: (scope: Scope) => readonly number[] }
  | { readonly kind: 'definition'; readonly what: string; readonly seconds: (scope: Scope) => readonly number[] }
  | { readonly kind: 'constant'; readonly seconds: number; readonly why: string }
  | { readonly kind: 'reference'; readonly text: string; readonly why: string }
  | { readonly kind: 'any'; readonly why: string }
  | { readonly kind: 'never'; readonly why: string };

export interface Row {
  readonly field: string;
  /** The owner of the object. @default - any */
  readonly of?: Owner;
  /** A part of the path of the value, for fields with several origins. */
  readonly at?: string;
  readonly origin: Origin;
  /** When its owner must have such a value. @default - always */
  readonly when?: (scope: Scope) => boolean;
}

/** A value from the ladder of the backend, by the name of its row. */
export function hop(name: string): Origin {
  const of = (backend: BackendPlan) =>
    backend.ladder.hops.filter((one) => one.hop === name).map(({ seconds }) => seconds);
  return {
    kind: 'hop',
    what: name,
    seconds: ({ plan, backend, endpoint }) =>
      backend === undefined
        ? plan.backends
            .filter(({ endpoints }) => endpoint === undefined || endpoints.includes(endpoint.path))
            .flatMap(of)
        : of(backend),
  };
}

/** A value that a renderer computes from the plan, outside of the ladder of one backend. */
export function planned(what: string, seconds: (scope: Scope) => number): Origin {
  return { kind: 'hop', what, seconds: (scope) => [seconds(scope)] };
}

/** The silence timeout of an endpoint's routes; for the platform, the longest. */
export const ROUTE_SILENCE: Origin = planned('route silence', ({ plan, endpoint }) =>
  Math.max(...(endpoint === undefined ? plan.endpoints : [endpoint]).map(({ silenceSeconds }) => silenceSeconds)),
);

/** A value from the definition of a backend. */
export function defined(what: string, seconds: (backend: BackendPlan) => number | undefined): Origin {
  return {
    kind: 'definition',
    what,
    seconds: ({ backend }) => {
      const value = backend && seconds(backend);
      return value === undefined ? [] : [value];
    },
  };
}

/** A constant value that is not part of the chain. */
export function constant(seconds: number, why: string): Origin {
  return { kind: 'constant', seconds, why };
}

/** A reference to another value of the table. */
export function reference(text: string, why: string): Origin {
  return { kind: 'reference', text, why };
}

/** Fields that must not be rendered, because they would be a second limit or are not managed by this package. */
export function never(why: string, fields: readonly string[]): Row[] {
  return fields.map((field) => ({ field, origin: { kind: 'never', why } }));
}

/** Fields with any value, because they do not affect requests. */
export function anything(why: string, fields: readonly string[]): Row[] {
  return fields.map((field) => ({ field, origin: { kind: 'any', why } }));
}

/** Whether the backend has autoscaling. */
export function isScaled({ backend }: Scope): boolean {
  return backend?.autoscaling !== undefined;
}
