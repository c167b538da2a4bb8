import { Lazy } from 'aws-cdk-lib';

/**
 * Values of the plan, read whenever they are resolved. CDK's plain lazy values keep their first answer, so that what is
 * declared after a look at the template would change nothing.
 */
export const late = {
  number: (produce: () => number | undefined): number => Lazy.uncachedNumber({ produce }),
  string: (produce: () => string): string => Lazy.uncachedString({ produce }),
  list: (produce: () => string[]): string[] => Lazy.uncachedList({ produce }, { omitEmpty: true }),
  // biome-ignore lint/suspicious/noExplicitAny: properties of L1 constructs admit any resolvable value in their place.
  any: (produce: () => unknown): any => Lazy.uncachedAny({ produce }),
};
