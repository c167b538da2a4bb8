/**
 * A Kubernetes object, as `ApiObject` of cdk8s and the classes of every cdk8s-plus describe it.
 *
 * It has two members, so that no release of cdk8s-plus is part of this package's signatures.
 */
export interface INamedObject {
  /** The kind, such as `Secret`. */
  readonly kind: string;
  /** The name in the namespace of the chart. */
  readonly name: string;
}
