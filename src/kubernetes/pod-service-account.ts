import { requireIdentifier } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkValue } from '../private/options';
import { tagClass } from '../private/package-copy';
import { isUnresolved } from '../private/tokens';
import type { INamedObject } from './named-object';
import { checkAnnotations } from './private/metadata-checks';
import { nameOfObject, requireObjectName } from './private/names';

const KIND = 'ServiceAccount';

/** What a ServiceAccount has in addition to its name. */
interface ServiceAccountParts {
  /** @default - a generated ServiceAccount */
  readonly name?: string;
  readonly annotations?: { readonly [key: string]: string };
  readonly podLabels?: { readonly [key: string]: string };
}

/**
 * The ServiceAccount of the Pods of a backend, which is their identity in the cluster and at cloud providers.
 *
 * EKS Pod Identity needs none of these factories: its association names the generated ServiceAccount, whose name is
 * `KubernetesBackend.of(backend).serviceAccountName`.
 *
 * A change restarts the Pods, because most providers read the annotations only when a Pod is created.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * endpoint.addBackend('v1', {
 *   image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
 *   server: ModelServer.wsgi({ app: 'app:app' }),
 *   targetSettings: [
 *     kubernetes.PodSettings.of({
 *       serviceAccount: kubernetes.PodServiceAccount.eksRole('arn:aws:iam::123456789012:role/sentiment'),
 *     }),
 *   ],
 * });
 */
export class PodServiceAccount {
  /** An existing ServiceAccount in the namespace of the chart, by name. */
  public static fromName(name: string): PodServiceAccount {
    return new PodServiceAccount({ name: requireObjectName('name', name, KIND) });
  }

  /** A ServiceAccount of cdk8s or cdk8s-plus. */
  public static fromServiceAccount(serviceAccount: INamedObject): PodServiceAccount {
    return new PodServiceAccount({ name: nameOfObject('serviceAccount', serviceAccount, KIND) });
  }

  /** The generated ServiceAccount, with annotations. */
  public static annotated(annotations: { [key: string]: string }): PodServiceAccount {
    checkValue('string{}', annotations, 'annotations');
    if (Object.keys(annotations).length === 0)
      throw new ServingError(
        'EmptyList',
        "'annotations' ({}) must not be empty; the generated ServiceAccount has none by default",
      );
    checkAnnotations('annotations', annotations);
    return new PodServiceAccount({ annotations: { ...annotations } });
  }

  /**
   * The generated ServiceAccount with an IAM role of AWS, as IAM roles for service accounts (IRSA) on EKS.
   *
   * The trust policy of the role must allow the OIDC provider of the cluster and
   * `system:serviceaccount:NAMESPACE:NAME` of the ServiceAccount.
   *
   * @param roleArn the ARN of the role
   * @see https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
   */
  public static eksRole(roleArn: string): PodServiceAccount {
    const must = "the ARN of an IAM role, such as 'arn:aws:iam::123456789012:role/models'";
    const role = requireMatch('roleArn', roleArn, { pattern: /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/, must });
    return new PodServiceAccount({ annotations: { 'eks.amazonaws.com/role-arn': role } });
  }

  /**
   * The generated ServiceAccount with a service account of Google Cloud, as Workload Identity Federation for GKE.
   *
   * @param email the address of the service account
   * @see https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity
   */
  public static gkeServiceAccount(email: string): PodServiceAccount {
    const must = "the address of a service account, such as 'models@project.iam.gserviceaccount.com'";
    const account = requireMatch('email', email, { pattern: /^[^\s@]+@[^\s@]+\.gserviceaccount\.com$/, must });
    return new PodServiceAccount({ annotations: { 'iam.gke.io/gcp-service-account': account } });
  }

  /**
   * The generated ServiceAccount with a managed identity or application of Azure, as Microsoft Entra Workload ID on AKS. The
   * Pods have the label `azure.workload.identity/use`.
   *
   * @param clientId the client ID of the identity
   * @see https://learn.microsoft.com/azure/aks/workload-identity-overview
   */
  public static azureIdentity(clientId: string): PodServiceAccount {
    const must = "a client ID, such as '00000000-1111-2222-3333-444444444444'";
    const id = requireMatch('clientId', clientId, { pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, must });
    return new PodServiceAccount({
      annotations: { 'azure.workload.identity/client-id': id },
      podLabels: { 'azure.workload.identity/use': 'true' },
    });
  }

  /**
   * The name of an existing ServiceAccount.
   *
   * @default - a ServiceAccount is generated for the backend
   */
  public readonly serviceAccountName?: string;

  /** @internal */
  public readonly _annotations: { readonly [key: string]: string };

  /** @internal */
  public readonly _podLabels: { readonly [key: string]: string };

  private constructor({ name, annotations = {}, podLabels = {} }: ServiceAccountParts) {
    this.serviceAccountName = name;
    this._annotations = annotations;
    this._podLabels = podLabels;
  }
}

tagClass('PodServiceAccount', PodServiceAccount);

/** Returns a value of this form. The text of a token is known later. */
function requireMatch(prop: string, value: string, form: { readonly pattern: RegExp; readonly must: string }): string {
  if (isUnresolved(requireIdentifier(prop, value)) || form.pattern.test(value)) return value;
  throw new ServingError('InvalidName', `'${prop}' ('${value}') must be ${form.must}`);
}
