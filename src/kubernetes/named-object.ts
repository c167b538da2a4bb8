/**
 * A Kubernetes object, such as an `ApiObject` of cdk8s or an object of any cdk8s-plus release.
 *
 * It has only two members, so that this package's signatures do not depend on a release of cdk8s-plus.
 */
export interface INamedObject {
  /** The kind, such as `Secret`. */
  readonly kind: string;
  /** The name in the namespace of the chart. */
  readonly name: string;
}
