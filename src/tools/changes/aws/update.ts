import { at, type Data, isEqual, text } from '../data';
import { CREATE_ONLY } from './create-only';
import { Deployment } from './deployment';
import { withKeys } from './stack-keys';
import type { Resource, StackInput } from './stacks';

/** What CloudFormation does with a resource. */
export enum Operation {
  NONE = 'none',
  CREATE = 'create',
  UPDATE = 'update',
  /** A new copy is created, and the old one deleted in the clean-up. */
  REPLACE = 'replace',
  DELETE = 'delete',
}

/**
 * When something happens to a resource: with the creations and updates of its stack, or in the clean-up at the end. The
 * resources of a stack that left the app are never touched.
 */
export interface Step {
  readonly key: string;
  readonly phase: 'apply' | 'clean up' | 'never';
}

/** The order of two steps. */
export enum Order {
  BEFORE = 'before',
  AFTER = 'after',
  /** Nothing orders the two, so that both orders are possible. */
  OPEN = 'open',
}

/** Marks the new copy of a replaced resource, so that it differs from the old one. */
export const NEW_COPY = '*';

/** The update of an app from one state to another, in the order of CloudFormation. */
export class Update {
  public readonly before: Deployment;
  public readonly after: Deployment;
  private readonly operations = new Map<string, Operation>();
  private readonly replaced = new Set<string>();
  private readonly reach = new Map<string, ReadonlySet<string>>();
  private readonly oldProperties = new Map<string, Data>();
  private readonly newProperties = new Map<string, Data>();

  constructor(before: readonly StackInput[], after: readonly StackInput[]) {
    const [old, now] = withKeys(before, after);
    this.before = new Deployment(old);
    this.after = new Deployment(now);
    for (const resource of this.before.resources.values())
      this.oldProperties.set(resource.key, this.before.propertiesOf(resource));
    this.findReplacements();
    for (const key of new Set([...this.before.resources.keys(), ...this.after.resources.keys()]))
      this.operations.set(key, this.readOperation(key));
  }

  /** Whether a stack is still part of the app. */
  public isDeployed(stack: string): boolean {
    return this.after.stacks.some(({ key }) => key === stack);
  }

  public operationOn(key: string): Operation {
    return this.operations.get(key) ?? Operation.NONE;
  }

  /** The properties of a resource before the update, with references to the copies of that time. */
  public old(key: string): Data {
    return this.oldProperties.get(key) ?? {};
  }

  /** The properties of a resource after the update. References to replaced resources are those to their new copies. */
  public new(key: string): Data {
    return this.newProperties.get(key) ?? {};
  }

  /** The resources that exist before the update. */
  public olds(type?: string): Resource[] {
    const all = [...this.before.resources.values()];
    return type === undefined ? all : all.filter((resource) => resource.type === type);
  }

  /** The resources that exist after the update, of the stacks of the app. */
  public news(type?: string): Resource[] {
    const all = [...this.after.resources.values()];
    return type === undefined ? all : all.filter((resource) => resource.type === type);
  }

  /** The identity of a resource after the update, as in canonical values. */
  public identity(key: string): string {
    return `${key}${this.markOf(key)}`;
  }

  /** What is appended to the key of a resource after the update. */
  public markOf(key: string): string {
    return this.replaced.has(key) ? NEW_COPY : '';
  }

  /** When the old copy of a resource ends; undefined if it stays. */
  public endOf(key: string): Step | undefined {
    const operation = this.operationOn(key);
    if (operation !== Operation.DELETE && operation !== Operation.REPLACE) return undefined;
    const { stack, body } = this.before.resources.get(key) as Resource;
    const policy = operation === Operation.DELETE ? body.DeletionPolicy : body.UpdateReplacePolicy;
    const isKept = /^Retain(?!ExceptOnCreate)/.test(text(policy)) || !this.isDeployed(stack);
    return { key, phase: isKept ? 'never' : 'clean up' };
  }

  /** The order of two steps: by dependencies in a stack and between stacks, with the clean-up of a stack at its end. */
  public order(a: Step, b: Step): Order {
    if (a.phase === 'never') return b.phase === 'never' ? Order.OPEN : Order.AFTER;
    if (b.phase === 'never') return Order.BEFORE;
    const [left, right] = [this.stackOf(a.key), this.stackOf(b.key)];
    if (left !== right) return this.stackOrder(left, right);
    if (a.phase !== b.phase) return a.phase === 'apply' ? Order.BEFORE : Order.AFTER;
    if (a.phase === 'apply') return directed((from, to) => this.reachOf(from, this.after).has(to), a.key, b.key);
    // Deletions are in the reverse order of dependencies.
    return directed((from, to) => this.reachOf(from, this.before).has(to), b.key, a.key);
  }

  /** The order of two stacks. */
  public stackOrder(a: string, b: string): Order {
    return directed((from, to) => this.stackReach(from).has(to), a, b);
  }

  private stackOf(key: string): string {
    return (this.after.resources.get(key) ?? (this.before.resources.get(key) as Resource)).stack;
  }

  /** Everything that a resource depends on, in one state. */
  private reachOf(key: string, state: Deployment): ReadonlySet<string> {
    const side = state === this.before ? 'before' : 'after';
    return this.closure(`${side} ${key}`, key, (one) => state.dependenciesOf(one));
  }

  private stackReach(name: string): ReadonlySet<string> {
    return this.closure(`stack ${name}`, name, (one) => this.after.stackDependenciesOf(one));
  }

  private closure(id: string, start: string, next: (one: string) => Iterable<string>): ReadonlySet<string> {
    const known = this.reach.get(id);
    if (known !== undefined) return known;
    const found = new Set<string>();
    const open = [start];
    for (let one = open.pop(); one !== undefined; one = open.pop()) {
      for (const other of next(one)) {
        if (found.has(other)) continue;
        found.add(other);
        open.push(other);
      }
    }
    this.reach.set(id, found);
    return found;
  }

  /** A reference to a replaced resource changes, which can replace further resources. */
  private findReplacements(): void {
    for (let found = -1; found !== this.replaced.size; ) {
      found = this.replaced.size;
      for (const resource of this.after.resources.values()) {
        const { key } = resource;
        this.newProperties.set(
          key,
          this.after.propertiesOf(resource, (other) => this.markOf(other)),
        );
        if (!this.replaced.has(key) && this.changedCreateOnly(key).length > 0) this.replaced.add(key);
      }
    }
  }

  /**
   * The create-only properties of a resource that change. A default that becomes explicit counts: CloudFormation compares
   * templates, and replaces the resource: https://github.com/awsdocs/aws-cloudformation-user-guide/issues/1276.
   */
  public changedCreateOnly(key: string): string[] {
    const old = this.before.resources.get(key);
    const { type } = this.after.resources.get(key) ?? {};
    if (old === undefined || old.type !== type) return [];
    return (CREATE_ONLY[type] ?? []).filter((path) => !isEqual(at(this.old(key), path), at(this.new(key), path)));
  }

  private readOperation(key: string): Operation {
    const isOld = this.before.resources.has(key);
    if (!this.after.resources.has(key)) return Operation.DELETE;
    if (!isOld) return Operation.CREATE;
    if (this.replaced.has(key)) return Operation.REPLACE;
    return isEqual(this.old(key), this.new(key)) ? Operation.NONE : Operation.UPDATE;
  }
}

/** The order of two things, of which one may depend on the other. */
function directed(dependsOn: (from: string, to: string) => boolean, a: string, b: string): Order {
  if (dependsOn(b, a)) return Order.BEFORE;
  return dependsOn(a, b) ? Order.AFTER : Order.OPEN;
}
