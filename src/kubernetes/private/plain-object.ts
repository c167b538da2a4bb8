import { ApiObject, type ApiObjectProps, App, type JsonPatch, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';

/** The number of resolvers of every app: for `Lazy`, implicit tokens and unions of generated classes. */
const BUILT_IN_RESOLVERS = new App().resolvers.length;

/**
 * An `ApiObject` of this package's own data, which it converts in a single pass for speed. With patches or resolvers of the
 * user it falls back to `ApiObject`; the result is the same.
 */
export class PlainObject extends ApiObject {
  private readonly body: Record<string, unknown>;
  private isPatched = false;

  constructor(scope: Construct, id: string, props: ApiObjectProps & { readonly body: Record<string, unknown> }) {
    const { body, ...own } = props;
    super(scope, id, { ...own, ...body });
    this.body = body;
  }

  public override addJsonPatch(...ops: JsonPatch[]): void {
    this.isPatched = true;
    super.addJsonPatch(...ops);
  }

  public override toJson(): Record<string, unknown> {
    const isSorted = !process.env.CDK8S_DISABLE_SORT;
    if (this.isPatched || !isSorted || App.of(this).resolvers.length > BUILT_IN_RESOLVERS) return super.toJson();
    const { apiVersion, kind } = this;
    return { apiVersion, kind, metadata: this.metadata.toJson(), ...(written(this.body) as object) };
  }
}

/** A `PlainObject` whose name is computed whenever it is read. */
export class LateNamedObject extends PlainObject {
  constructor(
    scope: Construct,
    id: string,
    props: ApiObjectProps & { readonly body: Record<string, unknown>; readonly lateName: () => string },
  ) {
    const { lateName, ...own } = props;
    super(scope, id, own);
    for (const target of [this, this.metadata]) Object.defineProperty(target, 'name', { get: lateName });
  }
}

/** Data as it appears in a manifest: with sorted keys and without undefined values. */
function written(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  if (Array.isArray(value)) return value.map(written);
  if (value instanceof Lazy) return written(value.produce());
  const source = value as Record<string, unknown>;
  const parts: [string, unknown][] = [];
  for (const key of Object.keys(source).sort()) {
    const part = written(source[key]);
    if (part !== undefined) parts.push([key, part]);
  }
  return Object.fromEntries(parts);
}
