import { Lazy } from 'aws-cdk-lib';

/**
 * Lazy values of the plan, computed at every resolution. CDK's plain lazy values are cached, so declarations after the
 * first resolution, for example in a test, would have no effect.
 */
export const late = {
  number: (produce: () => number | undefined): number => Lazy.uncachedNumber({ produce }),
  string: (produce: () => string): string => Lazy.uncachedString({ produce }),
  list: (produce: () => string[]): string[] => Lazy.uncachedList({ produce }, { omitEmpty: true }),
  // biome-ignore lint/suspicious/noExplicitAny: properties of L1 constructs accept any resolvable value.
  any: (produce: () => unknown): any => Lazy.uncachedAny({ produce }),
};
