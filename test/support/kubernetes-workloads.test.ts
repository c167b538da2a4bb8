import { changed } from './change';
import { type Case, cronJob, deployment, pod, server, statefulSet } from './kubernetes-fixture';
import { checkManifest } from './kubernetes-models';

const brokenDeployments: readonly Case[] = [
  ['an unknown field', { 'spec.replica': 1 }, /spec\.replica: unknown field/],
  ['a nested unknown field', { [`${server}.resource`]: {} }, /resource: unknown field of V1Container/],
  ['a null', { [`${server}.resources.limits['nvidia.com/gpu']`]: null }, /null/],
  ['a string for a number', { 'spec.minReadySeconds': '10' }, /"10" is not a number/],
  ['a fraction for an integer', { 'spec.minReadySeconds': 1.5 }, /not an int32/],
  ['a number for a string', { [`${server}.image`]: 1 }, /1 is not a string/],
  ['an object for a list', { [`${server}.ports`]: {} }, /not a list/],
  ['a list for an object', { [`${server}.resources`]: [] }, /not an object/],
  ['a list for a map', { 'metadata.labels': ['a'] }, /not a map/],
  ['a number in a map of strings', { 'metadata.labels.a': 1 }, /1 is not a string/],
  ['neither integer nor string', { [`${server}.livenessProbe.tcpSocket.port`]: true }, /neither integer nor string/],
  ['a value outside an enumeration', { [`${server}.imagePullPolicy`]: 'Sometimes' }, /none of "Always"/],
  ['an invalid quantity', { [`${server}.resources.limits.memory`]: '2GiB' }, /not a quantity/],
  ['an invalid size', { [`${pod}.volumes[0].emptyDir.sizeLimit`]: '10 Gi' }, /not a quantity/],
  ['no selector', { 'spec.selector': undefined }, /spec\.selector: required/],
  ['no template', { 'spec.template': undefined }, /spec\.template: required/],
  ['labels that the selector does not match', { 'spec.template.metadata.labels.app': 'other' }, /not selected/],
  ['an empty selector', { 'spec.selector': {} }, /nothing in particular/],
  ['an invalid name', { 'metadata.name': 'My_App' }, /DNS-1123 subdomain/],
  ['no name', { 'metadata.name': undefined }, /metadata\.name: required/],
  ['an invalid label value', { 'metadata.labels.a': 'image classifier' }, /label value/],
  ['a label value that is too long', { 'metadata.labels.a': 'x'.repeat(64) }, /longer than 63/],
  ['an invalid label key', { "metadata.labels['a/b/c']": 'x' }, /more than one slash/],
  ['an invalid annotation key', { "metadata.annotations['a b']": 'x' }, /qualified name/],
  ['rollout bounds that are both 0', { 'spec.strategy.rollingUpdate.maxSurge': 0 }, /both 0/],
  ['an invalid rollout bound', { 'spec.strategy.rollingUpdate.maxSurge': '25' }, /neither a count nor a percentage/],
  ['more than 100% unavailable', { 'spec.strategy.rollingUpdate.maxUnavailable': '120%' }, /more than 100%/],
  ['rollingUpdate with Recreate', { 'spec.strategy.type': 'Recreate' }, /not allowed with Recreate/],
  ['a deadline below minReadySeconds', { 'spec.progressDeadlineSeconds': 10 }, /greater than minReadySeconds 10/],
  ['a deadline in the template', { [`${pod}.activeDeadlineSeconds`]: 60 }, /kept running/],
  ['Pods that terminate', { [`${pod}.restartPolicy`]: 'Never' }, /Never is none of Always/],
  ['no container', { [`${pod}.containers`]: [] }, /containers: required/],
  ['a container without a name', { [`${server}.name`]: undefined }, /name: required/],
  ['a container without an image', { [`${server}.image`]: undefined }, /image: required/],
  ['two containers with the same name', { [`${pod}.initContainers[0].name`]: 'server' }, /two containers/],
  ['an invalid container name', { [`${server}.name`]: 'SVM:v1' }, /DNS-1123 label/],
  ['a port name that is too long', { [`${server}.ports[0].name`]: 'a-very-long-port' }, /longer than 15/],
  ['a port name without a letter', { [`${server}.ports[0].name`]: '8000' }, /no letter/],
  ['a port out of range', { [`${server}.ports[0].containerPort`]: 70000 }, /from 1 to 65535/],
  [
    'two ports with the same name',
    { [`${server}.ports[1]`]: { name: 'http', containerPort: 1 } },
    /two ports are named "http"/,
  ],
  ['a duplicate port', { [`${server}.ports[1]`]: { containerPort: 8000 } }, /8000\/TCP is declared twice/],
  ['a duplicate variable', { [`${server}.env[2]`]: { name: 'PORT', value: '1' } }, /"PORT" is set twice/],
  ['an invalid variable name', { [`${server}.env[0].name`]: 'A=B' }, /environment variable/],
  ['value and valueFrom', { [`${server}.env[1].value`]: 'x' }, /both value and valueFrom/],
  ['an empty valueFrom', { [`${server}.env[1].valueFrom`]: {} }, /exactly one of configMapKeyRef/],
  [
    'an unknown field reference',
    { [`${server}.env[1].valueFrom`]: { fieldRef: { fieldPath: 'spec.x' } } },
    /not a field/,
  ],
  ['an empty envFrom', { [`${server}.envFrom`]: [{}] }, /configMapRef, secretRef/],
  ['a mount without a volume', { [`${server}.volumeMounts[0].name`]: 'nothing' }, /no volume "nothing"/],
  ['two mounts with the same path', { [`${server}.volumeMounts[1].mountPath`]: '/models' }, /mounted twice/],
  ['a relative mount', { [`${server}.volumeMounts[1].mountPath`]: 'shm' }, /not absolute/],
  ['a subPath outside the volume', { [`${server}.volumeMounts[1].subPath`]: '../x' }, /leaves the volume/],
  ['an empty preStop', { [`${server}.lifecycle.preStop`]: {} }, /exactly one of exec, httpGet, sleep/],
  ['two handlers', { [`${server}.lifecycle.preStop.exec`]: { command: ['x'] } }, /has exec, sleep/],
  ['an empty command', { [`${server}.readinessProbe.exec.command`]: [] }, /exec\.command: required/],
  [
    'a sleep as long as the grace period',
    { [`${server}.lifecycle.preStop.sleep.seconds`]: 100 },
    /grace period of 100/,
  ],
  [
    'a sleep longer than the default grace period',
    { [`${pod}.terminationGracePeriodSeconds`]: undefined },
    /grace period of 30/,
  ],
  ['a stop signal without an os', { [`${server}.lifecycle.stopSignal`]: 'SIGUSR1' }, /spec\.os\.name/],
  ['a probe without a handler', { [`${server}.livenessProbe`]: { periodSeconds: 1 } }, /has none/],
  ['a probe of an unknown port', { [`${server}.livenessProbe.tcpSocket.port`]: 'grpc' }, /no port "grpc"/],
  [
    'a probe path without a slash',
    { [`${server}.startupProbe.httpGet.path`]: 'healthz' },
    /does not start with a slash/,
  ],
  [
    'liveness that must succeed twice',
    { [`${server}.livenessProbe.successThreshold`]: 2 },
    /must be 1 in a livenessProbe/,
  ],
  [
    'start-up that must succeed twice',
    { [`${server}.startupProbe.successThreshold`]: 2 },
    /must be 1 in a startupProbe/,
  ],
  ['a period of 0', { [`${server}.livenessProbe.periodSeconds`]: 0 }, /0 is less than 1/],
  ['a grace period for readiness', { [`${server}.readinessProbe.terminationGracePeriodSeconds`]: 5 }, /readinessProbe/],
  [
    'a probe of an init container',
    { [`${pod}.initContainers[0].livenessProbe`]: { exec: { command: ['x'] } } },
    /not allowed in an init/,
  ],
  ['a hook of an init container', { [`${pod}.initContainers[0].lifecycle`]: {} }, /not allowed in an init/],
  [
    'an init container that restarts on failure',
    { [`${pod}.initContainers[0].restartPolicy`]: 'OnFailure' },
    /supports only Always/,
  ],
  ['a request above its limit', { [`${server}.resources.requests.memory`]: '3Gi' }, /more than the limit/],
  ['a GPU request without a limit', { [`${server}.resources.limits`]: {} }, /cannot be overcommitted/],
  [
    'a GPU limit that differs from the request',
    { [`${server}.resources.limits['nvidia.com/gpu']`]: '2' },
    /differs from the limit/,
  ],
  ['a fractional GPU', { [`${server}.resources.limits['nvidia.com/gpu']`]: '0.5' }, /not a whole number/],
  ['an invalid resource', { [`${server}.resources.limits.gpu`]: '1' }, /no resource of containers/],
  ['a negative amount', { [`${server}.resources.limits.cpu`]: '-1' }, /negative/],
  [
    'a claim that the Pod does not declare',
    { [`${server}.resources.claims`]: [{ name: 'gpu' }] },
    /no resource claim "gpu"/,
  ],
  ['a claim without a source', { [`${pod}.resourceClaims`]: [{ name: 'gpu' }] }, /resourceClaimName/],
  ['a volume without a source', { [`${pod}.volumes[0]`]: { name: 'model' } }, /exactly one source, has none/],
  ['a volume with two sources', { [`${pod}.volumes[0].configMap`]: { name: 'x' } }, /has configMap, emptyDir/],
  ['two volumes with the same name', { [`${pod}.volumes[1].name`]: 'model' }, /two volumes/],
  ['an image volume without a reference', { [`${pod}.volumes[2].image`]: {} }, /image\.reference: required/],
  [
    'a ConfigMap volume without a name',
    { [`${pod}.volumes[3].configMap.name`]: undefined },
    /configMap\.name: required/,
  ],
  ['an item outside the volume', { [`${pod}.volumes[3].configMap.items[0].path`]: '/etc/x' }, /inside the volume/],
  ['a mode out of range', { [`${pod}.volumes[3].configMap.defaultMode`]: 644 }, /0777/],
  ['a toleration of Exists with a value', { [`${pod}.tolerations[0].value`]: 'x' }, /not allowed with operator Exists/],
  ['a toleration without a key', { [`${pod}.tolerations[0]`]: { value: 'x' } }, /must be Exists/],
  ['a topology spread with a maxSkew of 0', { [`${pod}.topologySpreadConstraints[0].maxSkew`]: 0 }, /1 or more/],
  [
    'spread keys without a selector',
    { [`${pod}.topologySpreadConstraints[0].labelSelector`]: undefined },
    /needs a labelSelector/,
  ],
  [
    'a capability with CAP_',
    { [`${server}.securityContext`]: { capabilities: { drop: ['CAP_ALL'] } } },
    /without CAP_/,
  ],
  ['runAsNonRoot with user 0', { [`${server}.securityContext`]: { runAsNonRoot: true, runAsUser: 0 } }, /contradicts/],
  [
    'a local seccomp profile without a name',
    { [`${pod}.securityContext`]: { seccompProfile: { type: 'Localhost' } } },
    /localhostProfile/,
  ],
  [
    'an invalid affinity weight',
    {
      [`${pod}.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution`]: [
        { weight: 0, podAffinityTerm: { topologyKey: 'x' } },
      ],
    },
    /from 1 to 100/,
  ],
  [
    'a host port that differs from the port',
    { [`${pod}.hostNetwork`]: true, [`${server}.ports[0].hostPort`]: 1 },
    /must equal containerPort/,
  ],
  ['an unnamed envFrom', { [`${server}.envFrom`]: [{ secretRef: {} }] }, /secretRef\.name: required/],
  [
    'an unnamed key reference',
    { [`${server}.env[1].valueFrom.secretKeyRef.name`]: undefined },
    /secretKeyRef\.name: required/,
  ],
  [
    'an unknown resource field',
    { [`${server}.env[1].valueFrom`]: { resourceFieldRef: { resource: 'gpu' } } },
    /not a resource field/,
  ],
  ['subPath and subPathExpr', { [`${server}.volumeMounts[2].subPathExpr`]: '$(A)' }, /both subPath and subPathExpr/],
  [
    'a recursive read-only mount that is writable',
    { [`${server}.volumeMounts[1].recursiveReadOnly`]: 'Enabled' },
    /needs readOnly/,
  ],
  [
    'a privileged container without privilege escalation',
    { [`${server}.securityContext`]: { privileged: true, allowPrivilegeEscalation: false } },
    /privileged contradicts/,
  ],
  ['a negative user', { [`${server}.securityContext`]: { runAsUser: -1 } }, /-1 is negative/],
  [
    'a gRPC probe without a number',
    { [`${server}.livenessProbe`]: { grpc: { port: 0 } } },
    /grpc\.port: 0 is not a port/,
  ],
  [
    'an invalid probe header',
    { [`${server}.startupProbe.httpGet.httpHeaders`]: [{ name: 'a b', value: 'c' }] },
    /not a header name/,
  ],
  ['a probe port with an invalid name', { [`${server}.livenessProbe.tcpSocket.port`]: 'Http' }, /not a port name/],
  ['a probe port out of range', { [`${server}.livenessProbe.tcpSocket.port`]: 0 }, /0 is not a port/],
  [
    'minDomains without DoNotSchedule',
    { [`${pod}.topologySpreadConstraints[0].minDomains`]: 2 },
    /needs DoNotSchedule/,
  ],
  [
    'a spread key that is also in the selector',
    { [`${pod}.topologySpreadConstraints[0].matchLabelKeys`]: ['app'] },
    /in the labelSelector too/,
  ],
  ['a toleration time without NoExecute', { [`${pod}.tolerations[0].tolerationSeconds`]: 5 }, /must be NoExecute/],
  [
    'a node expression without values',
    {
      [`${pod}.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`]: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
      },
    },
    /has 0 values with operator In/,
  ],
  [
    'affinity without a topology',
    { [`${pod}.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution`]: [{ topologyKey: '' }] },
    /no topologyKey/,
  ],
  ['an invalid service account name', { [`${pod}.serviceAccountName`]: 'A' }, /DNS-1123 subdomain/],
  ['an invalid host name', { [`${pod}.hostname`]: 'a.b' }, /hostname: "a\.b" is not a DNS-1123 label/],
  ['an invalid node label', { [`${pod}.nodeSelector`]: { a: 'b c' } }, /label value/],
  ['a pull secret without a name', { [`${pod}.imagePullSecrets`]: [{}] }, /imagePullSecrets\[0\]\.name: required/],
  [
    'user namespaces on the host network',
    { [`${pod}.hostUsers`]: false, [`${pod}.hostNetwork`]: true },
    /contradicts hostNetwork/,
  ],
  [
    'an empty projection',
    { [`${pod}.volumes[4]`]: { name: 'p', projected: { sources: [{}] } } },
    /exactly one of clusterTrustBundle/,
  ],
  [
    'a token with a short lifetime',
    {
      [`${pod}.volumes[4]`]: {
        name: 'p',
        projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 60 } }] },
      },
    },
    /600 or more/,
  ],
  [
    'two items with the same path',
    { [`${pod}.volumes[3].configMap.items[1]`]: { key: 'b', path: 'a' } },
    /two items have the path/,
  ],
  ['a Pod without a spec', { [pod]: undefined }, /template\.spec: required/],
  ['a negative grace period', { [`${pod}.terminationGracePeriodSeconds`]: -1 }, /-1 is negative/],
  ['a name that is too long for its Pods', { 'metadata.name': 'a'.repeat(64) }, /longer than 63/],
  ['an invalid namespace', { 'metadata.namespace': 'a.b' }, /metadata\.namespace/],
  ['annotations that are too long', { 'metadata.annotations.a': 'x'.repeat(256 * 1024) }, /more than 262144/],
];

const job = 'spec.jobTemplate.spec.template.spec';

const brokenOthers: readonly (readonly [object, ...Case])[] = [
  [
    statefulSet,
    'labels that the selector does not match',
    { 'spec.template.metadata.labels.app': 'x' },
    /not selected/,
  ],
  [statefulSet, 'an expression without values', { 'spec.selector.matchExpressions[0].values': [] }, /values: required/],
  [
    statefulSet,
    'an expression with superfluous values',
    { 'spec.selector.matchExpressions[0].operator': 'Exists' },
    /not allowed with Exists/,
  ],
  [
    statefulSet,
    'an expression with an invalid key',
    { 'spec.selector.matchExpressions[0].key': 'a b' },
    /qualified name/,
  ],
  [
    cronJob,
    'Pods that are always restarted',
    { [`${job}.restartPolicy`]: undefined },
    /Always is none of OnFailure, Never/,
  ],
  [cronJob, 'an invalid schedule', { 'spec.schedule': 'daily' }, /not a schedule/],
  [cronJob, 'a container without an image', { [`${job}.containers[0].image`]: '' }, /image: required/],
  [cronJob, 'a name that is too long', { 'metadata.name': 'a'.repeat(53) }, /longer than 52/],
];

describe('checkManifest for objects with Pods', () => {
  test.each([deployment, statefulSet, cronJob].map((o) => [o.kind, o] as const))('accepts a %s', (_kind, o) => {
    expect(checkManifest(o)).toEqual([]);
  });

  test.each(brokenDeployments)('finds in a Deployment %s', (_what, changes, finding) => {
    expect(checkManifest(changed(deployment, changes)).join('\n')).toMatch(finding);
  });

  test.each(
    brokenOthers.map(([o, what, ...rest]) => [`${Reflect.get(o, 'kind')} ${what}`, o, ...rest] as const),
  )('finds in a %s', (_what, o, changes, finding) => {
    expect(checkManifest(changed(o, changes)).join('\n')).toMatch(finding);
  });

  test.each([
    [
      'a Job',
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'a' },
        spec: { template: { spec: { containers: [] } } },
      },
    ],
    ['a Pod', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [] } }],
    [
      'a DaemonSet',
      {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'a' },
        spec: { selector: {}, template: { spec: { containers: [] } } },
      },
    ],
  ])('finds %s without containers', (_what, o) => {
    expect(checkManifest(o).join('\n')).toMatch(/containers: required/);
  });
});
