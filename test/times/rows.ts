/** What a table says of a field that bears a time. */
import type { ServingPlan } from '../../src/plan/plan';
import type { BackendPlan, EndpointPlan } from '../../src/plan/serving-plan';

/** Whose object a value stands in: one that stands for a backend, for an endpoint, or for all of them. */
export interface Scope {
  readonly plan: ServingPlan;
  readonly backend?: BackendPlan;
  readonly endpoint?: EndpointPlan;
}

export type Owner = 'platform' | 'endpoint' | 'backend';

/** Where the value of a field comes from. */
export type Origin =
  | { readonly kind: 'hop'; readonly what: string; readonly seconds: (scope: Scope) => readonly number[] }
  | { readonly kind: 'definition'; readonly what: string; readonly seconds: (scope: Scope) => readonly number[] }
  | { readonly kind: 'constant'; readonly seconds: number; readonly why: string }
  | { readonly kind: 'reference'; readonly text: string; readonly why: string }
  | { readonly kind: 'any'; readonly why: string }
  | { readonly kind: 'never'; readonly why: string };

export interface Row {
  readonly field: string;
  /** Whose objects have it so. @default - anyone's */
  readonly of?: Owner;
  /** A part of the place of the value, where one field has several origins. */
  readonly at?: string;
  readonly origin: Origin;
  /** When its owner must have such a value. @default - always */
  readonly when?: (scope: Scope) => boolean;
}

/** A value of the ladder of the backend, by the name of its hop. */
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

/** A value that a renderer makes from the plan, beside the ladder of one backend. */
export function planned(what: string, seconds: (scope: Scope) => number): Origin {
  return { kind: 'hop', what, seconds: (scope) => [seconds(scope)] };
}

/** After how long a route of the endpoint gives up on silence; for all of them, the longest. */
export const ROUTE_SILENCE: Origin = planned('route silence', ({ plan, endpoint }) =>
  Math.max(...(endpoint === undefined ? plan.endpoints : [endpoint]).map(({ silenceSeconds }) => silenceSeconds)),
);

/** What the user says of a backend. */
export function said(what: string, seconds: (backend: BackendPlan) => number | undefined): Origin {
  return {
    kind: 'definition',
    what,
    seconds: ({ backend }) => {
      const value = backend && seconds(backend);
      return value === undefined ? [] : [value];
    },
  };
}

/** A value that is always the same, and is no link of the chain. */
export function constant(seconds: number, why: string): Origin {
  return { kind: 'constant', seconds, why };
}

/** Words that name another value of the table, where the configuration is told where to look. */
export function reference(text: string, why: string): Origin {
  return { kind: 'reference', text, why };
}

/** Fields that nothing may be written into, because it would be a second limit beside a hop, or none of ours. */
export function never(why: string, fields: readonly string[]): Row[] {
  return fields.map((field) => ({ field, origin: { kind: 'never', why } }));
}

/** Fields with any value, because they are no part of the way of a request. */
export function anything(why: string, fields: readonly string[]): Row[] {
  return fields.map((field) => ({ field, origin: { kind: 'any', why } }));
}

/** Whether something changes the number of replicas of the backend. */
export function isScaled({ backend }: Scope): boolean {
  return backend?.autoscaling !== undefined;
}
