import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The name of this package. */
const PACKAGE = 'serving-constructs';

/** One copy of this package. A dependency tree can contain several, for example in a monorepo. */
export interface PackageCopy {
  /** Its version; undefined if it cannot be read, as in a bundled app. */
  readonly version?: string;
  /** The folder that contains it. */
  readonly folder: string;
}

/** Reads the version only when an app uses objects of two copies. */
class OwnCopy implements PackageCopy {
  public readonly folder = join(__dirname, '../..');
  private memo?: { readonly version?: string };

  public get version(): string | undefined {
    this.memo ??= { version: versionIn(this.folder) };
    return this.memo.version;
  }
}

/** This copy. */
export const OWN_COPY: PackageCopy = new OwnCopy();

/** The symbol that instances of a class have in every copy. Its value is the copy that created them. */
function tagOf(className: string): symbol {
  return Symbol.for(`${PACKAGE}.${className}`);
}

/** Tags the instances of a class, so that other copies recognize them, which `instanceof` does not. */
export function tagClass(className: string, tagged: { readonly prototype: object }): void {
  Object.defineProperty(tagged.prototype, tagOf(className), { value: OWN_COPY });
}

/** Whether a value is an instance of the class with this name, from any copy. */
export function hasTag(className: string, value: unknown): boolean {
  return typeof value === 'object' && value !== null && tagOf(className) in value;
}

/** Whether a value is an instance of the class with this name, from a compatible copy. */
export function isOwn(className: string, value: unknown): boolean {
  return hasTag(className, value) && isCompatible(copyOf(className, value as object));
}

/** The copy that created an instance of the class with this name; undefined for releases without tags. */
export function copyOf(className: string, value: object): PackageCopy | undefined {
  const copy = value[tagOf(className) as keyof object] as unknown;
  return typeof copy === 'object' && copy !== null ? (copy as PackageCopy) : undefined;
}

/** Copies of the same version have the same intents and internals, so each can use the objects of the other. */
export function isCompatible(copy: PackageCopy | undefined): boolean {
  if (copy === OWN_COPY) return true;
  return copy?.version !== undefined && copy.version === OWN_COPY.version;
}

/** The message about an object of an incompatible copy, and what to change. */
export function foreignCopy(what: string, copy: PackageCopy | undefined): string {
  const name = (one: PackageCopy | undefined): string =>
    `version ${one?.version ?? 'unknown'}${one === undefined ? '' : ` in '${one.folder}'`}`;
  return `${what} comes from another copy of ${PACKAGE} (${name(copy)}); install one version for the whole app, for example with: npm dedupe; this copy is ${name(OWN_COPY)}`;
}

function versionIn(folder: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return name === PACKAGE ? version : undefined;
  } catch {
    return undefined;
  }
}
