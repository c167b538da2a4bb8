import { ServingError } from '../../private/errors';
import { isUnresolved } from '../../private/tokens';
import { isLabelKey, isLabelValue, LABEL_VALUE } from './names';

/** The labels that the objects and Pods of a backend have, and Kubernetes its own. */
const RESERVED =
  /^(?:serving-constructs\/.*|app\.kubernetes\.io\/(?:name|instance|component|part-of|managed-by)|pod-template-hash)$/;

/** The maximum size of the annotations of an object. */
const MAX_ANNOTATIONS_KIB = 256;

/** Refuses labels that are invalid, or that the package sets. */
export function checkLabels(prop: string, labels: { readonly [key: string]: string }): void {
  for (const [key, value] of Object.entries(labels)) {
    refuseReserved(prop, key);
    checkLabel(prop, key, value);
  }
}

/** Refuses annotations that are invalid, or that the package sets. */
export function checkAnnotations(prop: string, annotations: { readonly [key: string]: string }): void {
  for (const key of Object.keys(annotations)) {
    refuseReserved(prop, key);
    requireKey(prop, key);
  }
  const kib = Math.ceil(Buffer.byteLength(Object.entries(annotations).flat().join('')) / 1024);
  if (kib <= MAX_ANNOTATIONS_KIB) return;
  throw new ServingError('InvalidName', `'${prop}' (${kib} KiB) must have at most ${MAX_ANNOTATIONS_KIB} KiB`);
}

/** Refuses a label that no object can have. */
export function checkLabel(prop: string, key: string, value: string): void {
  requireKey(prop, key);
  if (value === '' || isLabelValue(value) || isUnresolved(value)) return;
  throw new ServingError('InvalidName', `'${prop}.${key}' ('${value}') must be ${LABEL_VALUE}`);
}

/** Refuses a key that no label, annotation or taint can have. */
export function requireKey(prop: string, key: string): void {
  if (isLabelKey(key)) return;
  throw new ServingError(
    'InvalidName',
    `'${prop}' ('${key}') must be a key such as 'acme.com/team': a name of at most 63 letters, digits, '-', '_' and '.', after an optional domain`,
  );
}

function refuseReserved(prop: string, key: string): void {
  if (!RESERVED.test(key)) return;
  throw new ServingError(
    'InvalidName',
    `'${key}' in '${prop}' is reserved for this package and Kubernetes; use another key`,
  );
}
