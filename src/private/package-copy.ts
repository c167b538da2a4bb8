import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The name of this package. */
const PACKAGE = 'serving-constructs';

/** One copy of this package. A tree of packages can hold several, for example that of a monorepo. */
export interface PackageCopy {
  /** Its version; undefined where it cannot be read, as in an app that was bundled. */
  readonly version?: string;
  /** The folder that it is in. */
  readonly folder: string;
}

/** Reads the version only when objects of two copies meet. */
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

/** The symbol that instances of a class have in every copy, and whose value is their copy. */
function tagOf(className: string): symbol {
  return Symbol.for(`${PACKAGE}.${className}`);
}

/** Tags the instances of a class, so that other copies know them: `instanceof` compares with the class of one copy. */
export function tagClass(className: string, tagged: { readonly prototype: object }): void {
  Object.defineProperty(tagged.prototype, tagOf(className), { value: OWN_COPY });
}

/** Whether a value is an instance of the class of this name, of any copy. */
export function hasTag(className: string, value: unknown): boolean {
  return typeof value === 'object' && value !== null && tagOf(className) in value;
}

/** Whether a value is an instance of the class of this name that this copy can work with. */
export function isOwn(className: string, value: unknown): boolean {
  return hasTag(className, value) && isCompatible(copyOf(className, value as object));
}

/** The copy that made an instance of the class of this name; older releases have no tag. */
export function copyOf(className: string, value: object): PackageCopy | undefined {
  const copy = value[tagOf(className) as keyof object] as unknown;
  return typeof copy === 'object' && copy !== null ? (copy as PackageCopy) : undefined;
}

/** Copies of one version have the same intents and the same internals, so each can use the objects of the other. */
export function isCompatible(copy: PackageCopy | undefined): boolean {
  if (copy === OWN_COPY) return true;
  return copy?.version !== undefined && copy.version === OWN_COPY.version;
}

/** What is wrong with an object of a copy that this one cannot work with, and what to change. */
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
