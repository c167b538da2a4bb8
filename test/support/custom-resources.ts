/** Strict offline checks of custom resources against their real definitions: shape by JSON Schema, rules by CEL. */
import Ajv, { type ValidateFunction } from 'ajv';
import { checkRules } from './custom/rules';
import { definitionOf, strictSchema, withDefaults } from './custom/schemas';
import { Findings, isObject, object } from './data';
import { checkMetadata } from './kubernetes/metadata';

const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: true });
ajv.addFormat('int32', { type: 'number', validate: (n) => Number.isInteger(n) && Math.abs(n) <= 2 ** 31 });
ajv.addFormat('int64', { type: 'number', validate: (n) => Number.isSafeInteger(n) });
ajv.addFormat('double', { type: 'number', validate: () => true });
ajv.addFormat('float', { type: 'number', validate: () => true });
ajv.addFormat('byte', /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
ajv.addFormat('duration', /^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$/);
ajv.addFormat('ipv4', /^(\d{1,3}\.){3}\d{1,3}$/);
ajv.addFormat('ipv6', /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/);
ajv.addFormat('cidr', /^[0-9a-fA-F.:]+\/\d{1,3}$/);
ajv.addFormat('uri', (value) => URL.canParse(value));

const compiled = new Map<object, ValidateFunction>();

/** `/spec/rules/0/name` as `spec.rules[0].name`. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part.replace(/~1/g, '/').replace(/~0/g, '~')}`))
    .join('')
    .replace(/^\./, '');
}

/** Whether the definition of this custom resource is available. */
export function isKnownCustomResource(manifest: unknown): boolean {
  return definitionOf(object(manifest).apiVersion, object(manifest).kind) !== undefined;
}

/** The findings for one custom resource: unknown fields, types, ranges, and the rules of its definition. */
export function checkCustomResource(manifest: unknown): string[] {
  if (!isObject(manifest)) return ['a manifest is not an object'];
  const { apiVersion, kind, metadata, ...rest } = manifest;
  const findings = new Findings(`${kind} ${object(metadata).name}`);
  const found = definitionOf(apiVersion, kind);
  if (found === undefined) return [`${findings.subject}: ${apiVersion} ${kind} is not known`];
  const { definition, schema } = found;

  let validate = compiled.get(schema);
  if (validate === undefined) {
    const { apiVersion: _v, kind: _k, metadata: _m, ...properties } = object(schema.properties);
    validate = ajv.compile(strictSchema({ type: 'object', properties }));
    compiled.set(schema, validate);
  }
  const complete = withDefaults(rest, schema);
  validate(complete);
  for (const { instancePath, message, params } of validate.errors ?? []) {
    const extra = 'additionalProperty' in params ? ` "${params.additionalProperty}"` : '';
    findings.add(pathOf(instancePath), `${message}${extra}`);
  }
  for (const key of Array.isArray(schema.required) ? schema.required : [])
    findings.expect(key in manifest, String(key), 'required');
  checkMetadata(findings, String(kind), metadata, definition.scope === 'Cluster');
  if (findings.all.length === 0) checkRules(findings, '', complete, schema);
  return findings.all;
}
