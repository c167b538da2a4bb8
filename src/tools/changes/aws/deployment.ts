import { type Data, list, object, stable, text } from '../data';
import { isCompatible } from './stack-keys';
import type { NestedInput, Resource, Stack } from './stacks';

/** One template with its surroundings. */
interface Scope {
  readonly key: string;
  readonly stack: Stack;
  readonly template: Data;
  /** The template and the resource that this one is nested in. */
  readonly parent?: { readonly scope: string; readonly id: string };
}

/** An output with an export name. */
export interface Export {
  /** Unique in the app, and the same before and after the update. */
  readonly key: string;
  readonly name: string;
  readonly stack: Stack;
  readonly scope: string;
  readonly value: unknown;
}

/** The mark of a resource in canonical values: `«Stack/LogicalId»`, or with an attribute `«Stack/LogicalId#Arn»`. */
const MARK = /«([^«»#]+)(?:#[^«»]*)?»/g;
const ONE_MARK = /^«([^«»#]+)(?:#[^«»]*)?»$/;

/** The keys of all resources that a canonical value refers to. */
export function resourcesIn(value: unknown): string[] {
  return [...new Set([...stable(value).matchAll(MARK)].map(([, key]) => key as string))];
}

/** The key of the resource that a canonical value identifies, or the value itself, such as the ARN of an imported one. */
export function identityOf(value: unknown): string {
  const written = typeof value === 'string' ? value : stable(value);
  return ONE_MARK.exec(written)?.[1] ?? written;
}

/** The stacks of an app in one state. */
export class Deployment {
  public readonly resources = new Map<string, Resource>();
  public readonly exports = new Map<string, Export>();
  private readonly scopes = new Map<string, Scope>();
  private readonly edges = new Map<string, ReadonlySet<string>>();
  private readonly imports = new Map<string, Set<string>>();

  constructor(public readonly stacks: readonly Stack[]) {
    for (const stack of stacks) this.addScope({ key: stack.key, stack, template: stack.template }, stack.nested);
    for (const scope of this.scopes.values()) this.readExports(scope);
    for (const resource of this.resources.values()) this.edges.set(resource.key, this.readEdges(resource));
    for (const scope of this.scopes.values()) this.collectImports(scope.template, scope);
  }

  /** The resources of a type. */
  public ofType(type: string): Resource[] {
    return [...this.resources.values()].filter((resource) => resource.type === type);
  }

  /** The keys of the resources that a resource depends on directly, including those of other stacks. */
  public dependenciesOf(key: string): ReadonlySet<string> {
    return this.edges.get(key) ?? new Set();
  }

  /** The stacks that a stack is deployed after: those it declares, and those whose exports it imports. */
  public stackDependenciesOf(key: string): string[] {
    const declared = this.stacks.find((stack) => stack.key === key)?.dependencies ?? [];
    const imported = [...this.exports.values()]
      .filter((one) => this.isImporting(key, one))
      .map(({ stack }) => stack.key);
    return [...new Set([...declared, ...imported])].filter((other) => other !== key);
  }

  /** Whether a stack imports an export. Names of exports are unique in an account and Region. */
  public isImporting(stack: string, exported: Export): boolean {
    const importing = this.stacks.find(({ key }) => key === stack);
    const isNamed = this.imports.get(stack)?.has(exported.name) ?? false;
    return isNamed && importing !== undefined && isCompatible(importing, exported.stack);
  }

  /** The properties of a resource as canonical values. `mark` is appended to the keys of resources, to distinguish copies. */
  public propertiesOf({ body, scope }: Resource, mark: (key: string) => string = () => ''): Data {
    return object(this.canonical(body.Properties, scope, mark));
  }

  /** A value in which every reference is a mark, also through parameters, exports and outputs. */
  public canonical(value: unknown, scope: string, mark: (key: string) => string = () => ''): unknown {
    if (Array.isArray(value)) return value.map((element) => this.canonical(element, scope, mark));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name = '', argument] = entries[0] ?? [];
    const intrinsic = entries.length === 1 ? this.intrinsic(name, argument, { scope, mark }) : undefined;
    if (intrinsic !== undefined) return intrinsic.value;
    return Object.fromEntries(entries.map(([key, inner]) => [key, this.canonical(inner, scope, mark)]));
  }

  private intrinsic(name: string, argument: unknown, place: Place): { readonly value: unknown } | undefined {
    const read = INTRINSICS[name];
    return read === undefined ? undefined : { value: read.call(this, argument, place) };
  }

  /** The value of a reference to a resource, a parameter or a pseudo parameter. */
  public reference(name: string, { scope, mark }: Place): unknown {
    const key = `${scope}/${name}`;
    if (this.resources.has(key)) return `«${key}${mark(key)}»`;
    const { parent, template, stack } = this.scopes.get(scope) as Scope;
    const parameter = object(object(template.Parameters)[name]);
    if (parent !== undefined && name in object(template.Parameters)) {
      const nested = object(this.resources.get(`${parent.scope}/${parent.id}`)?.body.Properties);
      const passed = object(nested.Parameters)[name];
      if (passed !== undefined) return this.canonical(passed, parent.scope, mark);
    }
    if (name === 'AWS::StackName') return `\${${name} ${stack.name}}`;
    if (name === 'AWS::StackId') return `\${${name} ${stack.key}}`;
    return parameter.Default === undefined ? `\${${name}}` : `\${${name}=${stable(parameter.Default)}}`;
  }

  /** The value of an attribute of a resource, or of an output of a nested stack. */
  public attribute(id: string, attribute: string, { scope, mark }: Place): unknown {
    const key = `${scope}/${id}`;
    const output = attribute.startsWith('Outputs.') ? attribute.slice('Outputs.'.length) : undefined;
    const nested = output === undefined ? undefined : this.scopes.get(key);
    if (nested === undefined) return `«${key}${mark(key)}#${attribute}»`;
    return this.canonical(object(object(nested.template.Outputs)[output as string]).Value, key, mark);
  }

  /** The value of an export; the name if no stack of the app exports it. */
  public importValue(argument: unknown, { scope, mark }: Place): unknown {
    const name = textOf(this.canonical(argument, scope));
    const { stack } = this.scopes.get(scope) as Scope;
    const found = [...this.exports.values()].find((one) => one.name === name && isCompatible(one.stack, stack));
    return found === undefined ? `\${import ${name}}` : this.canonical(found.value, found.scope, mark);
  }

  /** The value of an output of another stack. */
  public stackOutput(argument: unknown, { scope, mark }: Place): unknown {
    const { StackName, OutputName } = object(argument);
    const name = textOf(this.canonical(StackName, scope));
    const other = this.namesake(name, scope);
    const output = object(object(other?.template.Outputs)[text(OutputName)]);
    if (other === undefined || !('Value' in output)) return `\${output ${name}.${text(OutputName)}}`;
    return this.canonical(output.Value, other.key, mark);
  }

  /** The stack with a name, in the environment of a scope if several have it. */
  private namesake(name: string, scope: string): Stack | undefined {
    const found = this.stacks.filter((stack) => stack.name === name);
    const { environment } = (this.scopes.get(scope) as Scope).stack;
    return found.find((stack) => stack.environment === environment) ?? found[0];
  }

  private addScope(scope: Scope, nested: Stack['nested'] = {}): void {
    this.scopes.set(scope.key, scope);
    for (const [id, body] of Object.entries(object(scope.template.Resources))) {
      this.addResource(scope, id, object(body));
      const inner: NestedInput | undefined = nested[id];
      const parent = { scope: scope.key, id };
      const key = `${scope.key}/${id}`;
      if (inner !== undefined)
        this.addScope({ key, stack: scope.stack, template: inner.template, parent }, inner.nested);
    }
  }

  private addResource({ key, stack }: Scope, id: string, body: Data): void {
    const { environment = '' } = stack;
    const resource = { stack: stack.key, environment, scope: key, id, type: text(body.Type), body };
    this.resources.set(`${key}/${id}`, { key: `${key}/${id}`, ...resource });
  }

  private readExports({ key, stack, template }: Scope): void {
    for (const output of Object.values(object(template.Outputs)).map(object)) {
      const name = object(output.Export).Name;
      if (name === undefined) continue;
      const shown = textOf(this.canonical(name, key));
      const exported = { key: `${stack.key} ${shown}`, name: shown, stack, scope: key, value: output.Value };
      this.exports.set(exported.key, exported);
    }
  }

  private readEdges(resource: Resource): ReadonlySet<string> {
    const { body, scope, key } = resource;
    const declared = [body.DependsOn].flat().filter((id) => typeof id === 'string');
    const found = [...declared.map((id) => `${scope}/${id}`), ...resourcesIn(this.propertiesOf(resource))];
    return new Set([...found, ...this.nestedEdges(resource)].filter((other) => other !== key));
  }

  /** A nested stack is complete when all of its resources are, and they wait for what the nested stack waits for. */
  private nestedEdges({ key, scope, type }: Resource): string[] {
    const inner =
      type === 'AWS::CloudFormation::Stack'
        ? [...this.resources.keys()].filter((other) => other.startsWith(`${key}/`))
        : [];
    const outer = this.resources.get(scope);
    const inherited = outer === undefined ? [] : [...this.readEdges(outer)];
    return [...inner, ...inherited.filter((other) => !other.startsWith(`${scope}/`))];
  }

  private collectImports(value: unknown, scope: Scope): void {
    for (const inner of list(value)) this.collectImports(inner, scope);
    for (const [name, inner] of Object.entries(object(value))) {
      if (name === 'Fn::ImportValue') {
        const names = this.imports.get(scope.stack.key) ?? new Set();
        this.imports.set(scope.stack.key, names.add(textOf(this.canonical(inner, scope.key))));
      }
      this.collectImports(inner, scope);
    }
  }
}

/** Where a value is, and how resources are marked. */
interface Place {
  readonly scope: string;
  readonly mark: (key: string) => string;
}

type Intrinsic = (this: Deployment, argument: unknown, place: Place) => unknown;

/** The functions of CloudFormation that refer to something, or combine text. Others are compared as they are. */
const INTRINSICS: { readonly [name: string]: Intrinsic } = {
  Ref(argument, place) {
    return this.reference(text(argument), place);
  },
  'Fn::GetAtt'(argument, place) {
    const [id = '', ...attribute] = typeof argument === 'string' ? argument.split('.') : list(argument).map(textOf);
    return this.attribute(id, attribute.join('.'), place);
  },
  'Fn::ImportValue'(argument, place) {
    return this.importValue(argument, place);
  },
  'Fn::GetStackOutput'(argument, place) {
    return this.stackOutput(argument, place);
  },
  'Fn::Join'(argument, { scope, mark }) {
    const [separator, parts] = list(argument);
    if (!Array.isArray(parts)) return { 'Fn::Join': this.canonical(argument, scope, mark) };
    return parts.map((part) => textOf(this.canonical(part, scope, mark))).join(text(separator));
  },
  'Fn::Sub'(argument, place) {
    const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return text(pattern).replace(/\$\{([^!}]+)\}/g, (_all, name: string) => {
      const own = object(variables)[name];
      if (own !== undefined) return textOf(this.canonical(own, place.scope, place.mark));
      const [id = '', ...attribute] = name.split('.');
      const value = attribute.length > 0 ? this.attribute(id, attribute.join('.'), place) : this.reference(id, place);
      return textOf(value);
    });
  },
};

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : stable(value);
}
