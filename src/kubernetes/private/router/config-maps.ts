import { type ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { hash } from '../../../private/hash';
import { addLateNamedObject } from '../objects';
import type { RouterFiles } from './haproxy';

/**
 * The maximum size of the files in one ConfigMap, as JSON. `kubectl apply` without `--server-side` keeps all of it in an
 * annotation, of which an object can have 256 KiB, and metadata needs some space.
 */
const MAX_BYTES = 240_000;

/** The maximum size of a file, which is alone in its ConfigMap if it is larger than others may be: 1 MiB, minus metadata. */
export const MAX_FILE_BYTES = 1_000_000;

/**
 * The ConfigMaps with the files of the router: one, unless they are too large. Their names contain a digest of all files, and
 * the Pods name them, so every revision of the Deployment keeps its own files.
 */
export class ConfigMaps {
  private readonly first: ApiObject;
  private readonly others: ApiObject[] = [];
  private memo?: { readonly files: RouterFiles; readonly digest: string };

  constructor(
    private readonly scope: Construct,
    private readonly props: { readonly name: string; readonly labels: Record<string, string> },
    private readonly files: () => RouterFiles,
  ) {
    this.first = this.add(0);
  }

  /** Creates the ConfigMaps in addition to the first, once the plan is complete, and removes those of an earlier synthesis. */
  public complete(): void {
    const count = this.parts().length;
    while (this.others.length + 1 < count) this.others.push(this.add(this.others.length + 1));
    while (this.others.length + 1 > count) this.scope.node.tryRemoveChild((this.others.pop() as ApiObject).node.id);
  }

  /** The source of the volume with all files. */
  public volume(): Record<string, unknown> {
    const names = this.parts().map((_, index) => this.nameOf(index));
    if (names.length === 1) return { configMap: { name: this.first.name } };
    return { projected: { sources: names.map((name) => ({ configMap: { name } })) } };
  }

  private add(index: number): ApiObject {
    const id = index === 0 ? 'ConfigMap' : `ConfigMap${index + 1}`;
    return addLateNamedObject(this.scope, id, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: () => this.nameOf(index),
      labels: this.props.labels,
      body: { immutable: true, data: Lazy.any({ produce: () => this.parts()[index] }) },
    });
  }

  private nameOf(index: number): string {
    const name = `${this.props.name}-${this.digest()}`;
    return index === 0 ? name : `${name}-${index + 1}`;
  }

  private digest(): string {
    const files = this.files();
    if (this.memo?.files !== files) this.memo = { files, digest: digestOf(JSON.stringify(files)) };
    return this.memo.digest;
  }

  private parts(): RouterFiles[] {
    return partsOf(this.files());
  }
}

/** Divides files by size, in their order. */
function partsOf(files: RouterFiles): RouterFiles[] {
  const parts: Record<string, string>[] = [];
  let left = 0;
  for (const [name, text] of Object.entries(files)) {
    const bytes = Buffer.byteLength(JSON.stringify({ [name]: text }));
    if (bytes > left) {
      parts.push({});
      left = MAX_BYTES;
    }
    (parts.at(-1) as Record<string, string>)[name] = text;
    left -= bytes;
  }
  return parts;
}

/** Sixteen hex digits, which make a collision of two configurations negligibly unlikely. */
function digestOf(text: string): string {
  return [text, `${text.length} ${text}`].map((part) => hash(part).toString(16).padStart(8, '0')).join('');
}
