import type { Data } from '../data';

/** The template of a stack. */
export interface StackInput {
  readonly name: string;
  /** Its id in the cloud assembly, which is unique in the app. @default - its name */
  readonly id?: string;
  readonly template: Data;
  /** The ids of stacks that are deployed before it. */
  readonly dependencies?: readonly string[];
  /** The account and the region, in which names are unique. */
  readonly environment?: string;
  /** The templates of its nested stacks, by the logical id of the resource. */
  readonly nested?: { readonly [logicalId: string]: NestedInput };
}

/** A stack at one time of an update. */
export interface Stack extends StackInput {
  /** Unique in the app, and the same before and after the update: the name, with more if several stacks have it. */
  readonly key: string;
  /** The keys of stacks that are deployed before it. */
  readonly dependencies: readonly string[];
}

/** The template of a nested stack, which is deployed with its parent. */
export interface NestedInput {
  readonly template: Data;
  readonly nested?: { readonly [logicalId: string]: NestedInput };
}

/** A resource of a template, or of a nested template. */
export interface Resource {
  /** `Stack/LogicalId`, with the ids of nested stacks between both. */
  readonly key: string;
  /** The key of the stack that it is deployed with. */
  readonly stack: string;
  readonly environment: string;
  /** The key of its template: the stack, or a nested stack. */
  readonly scope: string;
  readonly id: string;
  readonly type: string;
  readonly body: Data;
}
