/** Several templates read as one deployment: references inside a template, exports, imports, outputs, nested stacks. */
import { type Data, isObject, list, object, strings, text } from '../data';

export interface Resource {
  /** `stack/LogicalId`, unique in the deployment. */
  readonly key: string;
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Data;
  /** The keys of the resources that it depends on, by DependsOn or by reference, including exports of other stacks. */
  readonly needs: readonly string[];
}

/** The name of the stack, or the name of the template file of a nested stack. */
export type Templates = readonly unknown[] | { readonly [stack: string]: unknown };

/** The attribute that identifies the resource itself, like Ref. */
const IDENTITY = /(^|\.)(Arn|.*Arn|Name|ServiceName|Id)$/;

const escapeKey = (key: string): string => key.replace(/[{}$]/g, '');

export class Stacks {
  /** Reads templates, unless they were read before. */
  public static of(templates: Templates | Stacks): Stacks {
    return templates instanceof Stacks ? templates : new Stacks(templates);
  }

  public readonly resources: readonly Resource[];
  public readonly names: readonly string[];
  private readonly templates: ReadonlyMap<string, Data>;
  private readonly byKey: ReadonlyMap<string, Resource>;
  private readonly exporters = new Map<string, { readonly stack: string; readonly value: unknown }>();
  private readonly parents = new Map<string, { readonly stack: string; readonly id: string }>();

  public constructor(templates: Templates) {
    const named = Array.isArray(templates)
      ? templates.map((t, i): [string, unknown] => [`stack${i}`, t])
      : Object.entries(templates);
    this.templates = new Map(named.map(([name, template]) => [name, object(template)]));
    this.names = [...this.templates.keys()];
    for (const [stack, template] of this.templates) this.readOutputs(stack, template);
    this.resources = [...this.templates].flatMap(([stack, template]) =>
      Object.entries(object(template.Resources)).map(([id, body]) => this.readResource(stack, id, object(body))),
    );
    this.byKey = new Map(this.resources.map((resource) => [resource.key, resource]));
  }

  public ofType(type: string): readonly Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  public get(key: string | undefined): Resource | undefined {
    return key === undefined ? undefined : this.byKey.get(key);
  }

  /** The key of the resource that a value references, or the text of a literal, such as an imported ARN. */
  public target(value: unknown, stack: string): string {
    const written = this.text(value, stack);
    return /^\$\{([^}]+)\}$/.exec(written)?.[1]?.replace(/#.*$/, '') ?? written;
  }

  /** A string with the values that are unknown before deployment as `${stack/LogicalId}` or `${stack/LogicalId#Attribute}`. */
  public text(value: unknown, stack: string): string {
    if (!isObject(value)) return value === undefined ? '' : String(value);
    const [fn = '', argument] = Object.entries(value)[0] ?? [];
    switch (fn) {
      case 'Ref':
        return this.reference(text(argument), stack);
      case 'Fn::GetAtt': {
        const [id = '', ...attribute] = typeof argument === 'string' ? argument.split('.') : strings(argument);
        return this.attribute(id, attribute.join('.'), stack);
      }
      case 'Fn::ImportValue': {
        const exported = this.exporters.get(this.text(argument, stack));
        return exported === undefined
          ? `\${import ${this.text(argument, stack)}}`
          : this.text(exported.value, exported.stack);
      }
      case 'Fn::GetStackOutput': {
        const { StackName, OutputName } = object(argument);
        const other = this.text(StackName, stack);
        const output = object(object(this.templates.get(other)?.Outputs)[text(OutputName)]);
        return 'Value' in output ? this.text(output.Value, other) : `\${output ${other}.${text(OutputName)}}`;
      }
      case 'Fn::Join': {
        const [separator, parts] = list(argument);
        return list(parts)
          .map((part) => this.text(part, stack))
          .join(text(separator));
      }
      case 'Fn::Sub': {
        const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
        return text(pattern).replace(/\$\{([^!}]+)\}/g, (_all, name: string) => {
          if (name in object(variables)) return this.text(object(variables)[name], stack);
          return name.includes('.') ? this.text({ 'Fn::GetAtt': name }, stack) : this.text({ Ref: name }, stack);
        });
      }
      default:
        return `\${${escapeKey(JSON.stringify(value))}}`;
    }
  }

  /** The outermost parent of a nested stack, because both are deployed together. */
  public root(stack: string): string {
    const parent = this.parents.get(stack);
    return parent === undefined ? stack : this.root(parent.stack);
  }

  private reference(name: string, stack: string): string {
    const template = this.templates.get(stack) ?? {};
    if (name in object(template.Resources)) return `\${${stack}/${name}}`;
    const parent = this.parents.get(stack);
    if (parent !== undefined) {
      const nested = object(object(this.templates.get(parent.stack)).Resources)[parent.id];
      const passed = object(object(object(nested).Properties).Parameters)[name];
      if (passed !== undefined) return this.text(passed, parent.stack);
    }
    const fallback = object(object(template.Parameters)[name]).Default;
    return fallback === undefined ? `\${${name}}` : String(fallback);
  }

  private attribute(id: string, attribute: string, stack: string): string {
    const nested = [...this.parents].find(([, parent]) => parent.stack === stack && parent.id === id)?.[0];
    if (nested !== undefined && attribute.startsWith('Outputs.')) {
      const output = object(object(this.templates.get(nested)?.Outputs)[attribute.slice('Outputs.'.length)]);
      return this.text(output.Value, nested);
    }
    return IDENTITY.test(attribute) ? `\${${stack}/${id}}` : `\${${stack}/${id}#${attribute}}`;
  }

  private readOutputs(stack: string, template: Data): void {
    for (const output of Object.values(object(template.Outputs)).map(object)) {
      const name = object(output.Export).Name;
      if (name !== undefined) this.exporters.set(this.text(name, stack), { stack, value: output.Value });
    }
    for (const [id, body] of Object.entries(object(template.Resources))) {
      const file = text(object(object(body).Metadata)['aws:asset:path']);
      if (object(body).Type === 'AWS::CloudFormation::Stack' && this.templates.has(file))
        this.parents.set(file, { stack, id });
    }
  }

  private readResource(stack: string, id: string, body: Data): Resource {
    const needs = new Set<string>();
    for (const other of [body.DependsOn].flat()) if (typeof other === 'string') needs.add(`${stack}/${other}`);
    this.collect(body.Properties, stack, needs);
    const nested = [...this.parents].find(([, parent]) => parent.stack === stack && parent.id === id)?.[0];
    if (nested !== undefined) {
      for (const inner of Object.keys(object(this.templates.get(nested)?.Resources))) needs.add(`${nested}/${inner}`);
    }
    return {
      key: `${stack}/${id}`,
      stack,
      id,
      type: text(body.Type),
      properties: object(body.Properties),
      needs: [...needs],
    };
  }

  /** Every reference in a value, in any form. */
  private collect(value: unknown, stack: string, into: Set<string>): void {
    if (Array.isArray(value)) for (const item of value) this.collect(item, stack, into);
    if (!isObject(value)) return;
    const keys = Object.keys(value);
    if (keys.length === 1 && /^(Ref|Fn::(GetAtt|GetStackOutput|ImportValue|Sub))$/.test(keys[0] ?? '')) {
      for (const match of this.text(value, stack).matchAll(/\$\{([^}#]+\/[^}#]+)(#[^}]*)?\}/g))
        into.add(match[1] ?? '');
    }
    for (const item of Object.values(value)) this.collect(item, stack, into);
  }
}
