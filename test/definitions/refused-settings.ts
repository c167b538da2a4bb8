import { Lazy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  aws,
  Duration,
  EnvironmentSource,
  HealthCheck,
  kubernetes,
  ModelServer,
  ScalingTarget,
  SecretValue,
  ServerImage,
  Size,
} from '../../src';
import { one, type RefusedDefinition } from './refused-definition';

/** An instance from another copy and version of the package. */
const OTHER_IMAGE = Object.create(ServerImage.prototype, {
  reference: { value: 'acme/svm:1.4.2' },
  [Symbol.for('serving-constructs.ServerImage')]: { value: { version: '9.0.0', folder: '/elsewhere' } },
});

const cpu = ScalingTarget.cpuUtilization(60);

/** Images, names, variables, sidecars and settings of a target. */
export const REFUSED_SETTINGS: readonly RefusedDefinition[] = [
  {
    name: 'an image of another version of the package',
    code: 'ForeignCopy',
    message:
      "'image' (a ServerImage) comes from another copy of serving-constructs (version 9.0.0 in '/elsewhere'); install one version for the whole app, for example with: npm dedupe",
    define: (scope) => one(scope, { image: OTHER_IMAGE }),
  },
  {
    name: 'a name that contains the text of a missing value',
    code: 'InvalidText',
    message:
      "'backendName' ('net-undefined') contains 'undefined', probably from an undefined variable; pass the intended value (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { backendName: 'net-undefined' }),
  },
  {
    name: 'a variable with a NUL character',
    code: 'InvalidText',
    message:
      "'environment.MODE' contains a NUL character, which no target can store; remove it (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { environment: { MODE: 'fast\u0000' } }),
  },
  {
    name: 'a whole ConfigMap as variables on AWS',
    code: 'ForeignResource',
    message:
      "the environment of ConfigMap 'settings' of backend 'v1' belongs to platform 'kubernetes' and cannot be used on 'aws'; use one that both platforms support, or choose by platform (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes'],
    define: (scope) =>
      one(scope, { environmentFrom: [kubernetes.KubernetesEnvironment.fromConfigMapName('settings')] }),
  },
  {
    name: 'a variable of the server in a source',
    code: 'ConflictingProps',
    message: "'PORT' in 'environmentFrom' is already set by the server; remove it (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['PORT'] })] }),
  },
  {
    name: 'a variable that changes the command in a source',
    code: 'ConflictingProps',
    message:
      "'GUNICORN_CMD_ARGS' in 'environmentFrom' conflicts with 'server', which sets it (flags) from 'extraArgs' of the server; set that instead (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['GUNICORN_CMD_ARGS'] })] }),
  },
  {
    name: 'a key that is no name of a variable',
    code: 'InvalidName',
    message:
      "the environment variable ('api-key') must consist of letters, digits and '_', and must not start with a digit (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['api-key'] })] }),
  },
  {
    name: 'a source without keys',
    code: 'EmptyList',
    message: "'keys' must list at least one key of secret 'acme'",
    define: (scope) => one(scope, { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: [] })] }),
  },
  {
    name: 'two sidecars with one name',
    code: 'ConflictingProps',
    message: "'sidecars' has the name 'proxy' twice; rename one (at Serving/endpoint/v1)",
    define: (scope) => {
      const proxy = { name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0') };
      one(scope, { sidecars: [proxy, proxy] });
    },
  },
  {
    name: 'a mutable tag',
    code: 'MutableImage',
    message:
      "'acme/svm:latest' uses the tag 'latest', which can change while the endpoint is running; use a digest or an immutable tag",
    define: (scope) => one(scope, { image: ServerImage.fromRegistry('acme/svm:latest') }),
  },
  {
    name: 'no tag',
    code: 'MutableImage',
    message:
      "'acme/svm' has no tag and defaults to 'latest', which can change while the endpoint is running; use a digest or an immutable tag",
    define: (scope) => one(scope, { image: ServerImage.fromRegistry('acme/svm') }),
  },
  {
    name: 'an image reference with a space',
    code: 'InvalidImage',
    message:
      "'acme svm:1' must be an image reference with a tag or a digest of 64 hex digits, such as 'acme/svm@sha256:...' or 'acme/svm:1.4.2'",
    define: (scope) => one(scope, { image: ServerImage.fromRegistry('acme svm:1') }),
  },
  {
    name: 'an environment of FloydHub that no longer exists',
    code: 'UnknownEnvironment',
    message:
      "'name' ('tensorflow-1.12') is not an environment for CPUs: 'tensorflow-1.12' is older than every maintained image, but tf.compat.v1 runs models of TensorFlow 1; use an image of 'docker.io/tensorflow/tensorflow' with ServerImage.fromRegistry, or 'tensorflow-2.15', 'tensorflow-2.16', 'tensorflow-2.17', 'tensorflow-2.18', 'tensorflow-2.19' or 'tensorflow-2.20'",
    define: (scope) => one(scope, { image: ServerImage.fromEnvironment('tensorflow-1.12') }),
  },
  {
    name: 'an empty command',
    code: 'InvalidCommand',
    message: "'command' must start with a program, such as ['python', 'serve.py']",
    define: (scope) => one(scope, { server: ModelServer.command({ command: [] }) }),
  },
  {
    name: 'an option in place of a program',
    code: 'InvalidCommand',
    message:
      "'command[0]' ('--model') is an option, and must be a program; to pass options to the entry point of the image, use ModelServer.fromImage({ args: ['--model', ...] })",
    define: (scope) => one(scope, { server: ModelServer.command({ command: ['--model', 'a/b'] }) }),
  },
  {
    name: 'a flag for a computed time without the arguments of the image',
    code: 'ConflictingProps',
    message:
      "'--drain' of the image's server would be the only argument and replace those of the image (its CMD); set 'args' of the server to the arguments in the image, or remove the flag (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { server: ModelServer.fromImage({ behavior: { drains: true, drainFlag: '--drain' } }) }),
  },
  {
    name: 'a module that its server cannot load by name',
    code: 'InvalidApp',
    message:
      "'app' ('my-model:app') has the module 'my-model', which waitress does not load, because it is not a Python identifier; rename the module, or use ModelServer.gunicorn",
    define: (scope) => one(scope, { server: ModelServer.waitress({ app: 'my-model:app' }) }),
  },
  {
    name: 'a variable for which there is an option',
    code: 'ConflictingProps',
    message:
      "'MAX_CONCURRENT_REQUESTS' in 'environment' conflicts with 'server', which sets it (--max-concurrent-requests) from 'maxConcurrency' of the backend; set that instead (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.textGenerationInference({ model: 'a/b' }),
        environment: { MAX_CONCURRENT_REQUESTS: '64' },
      }),
  },
  {
    name: 'localhost in a server command',
    code: 'LocalhostBind',
    message:
      "'127.0.0.1' in the server command ('python serve.py --host 127.0.0.1') is unreachable from outside the container; listen on 0.0.0.0",
    define: (scope) =>
      one(scope, { server: ModelServer.command({ command: ['python', 'serve.py', '--host', '127.0.0.1'] }) }),
  },
  {
    name: 'localhost in a shell line',
    code: 'LocalhostBind',
    message:
      "'--bind=localhost:8000' in the server command ('exec gunicorn --bind=localhost:8000 app') is unreachable from outside the container; listen on 0.0.0.0",
    define: (scope) => one(scope, { server: ModelServer.shell({ line: 'exec gunicorn --bind=localhost:8000 app' }) }),
  },
  {
    name: 'status codes that nothing in the image can check for',
    code: 'Unsupported',
    message:
      "'statuses' (200-299) of the health check of backend 'v1' requires a Python interpreter in the image, because the checks of this target accept 200-399 only; set 'interpreter' in the 'behavior' of ModelServer.fromImage or ModelServer.command, such as 'python3', or remove 'statuses' (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) =>
      one(scope, {
        server: ModelServer.command({ command: ['serve'] }),
        healthCheck: HealthCheck.http('/healthz', { statuses: '200-299' }),
      }),
  },
  {
    name: 'a number that is an unresolved token',
    code: 'UnresolvedNumber',
    message:
      "'replicas' is a token, but its value must be known at synthesis; pass a plain number (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { replicas: -1.8881545897087626e289 }),
  },
  {
    name: 'an environment variable with a dash',
    code: 'InvalidName',
    message:
      "the environment variable ('LOG-LEVEL') must consist of letters, digits and '_', and must not start with a digit (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { environment: { 'LOG-LEVEL': 'debug' } }),
  },
  {
    name: 'a secret whose name is invalid for a Kubernetes Secret',
    code: 'InvalidName',
    message:
      "the secret 'acme/KEY' of 'KEY' is not a valid name of a Kubernetes Secret, which consists of lowercase letters, digits, '-' and '.'; rename it, or use KubernetesSecret.fromName on this platform (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) => one(scope, { secrets: { KEY: SecretValue.fromName('acme/KEY') } }),
  },
  {
    name: 'a minimum above the maximum',
    code: 'ReplicasOutOfRange',
    message: "'minReplicas' (5) must be at most 'maxReplicas' (2) (at Serving/endpoint/v1/Autoscaling)",
    define: (scope) => one(scope).backend.autoscale({ minReplicas: 5, maxReplicas: 2, targets: [cpu] }),
  },
  {
    name: 'a token as the name of a backend',
    code: 'InvalidName',
    message:
      "'backendName' must be known at synthesis, because names of resources derive from it; pass plain text instead of a token (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { backendName: `churn-${Lazy.string({ produce: () => 'late' })}` }),
  },
  {
    name: 'a secret without a key in two variables',
    code: 'ConflictingProps',
    message:
      "secret 'hf' of backend 'v1' is read without a key by 'HF_TOKEN' and 'HUGGING_FACE_HUB_TOKEN', which is the whole secret for both on AWS and a key for each on Kubernetes; set 'key' of SecretValue.fromName (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        secrets: { HF_TOKEN: SecretValue.fromName('hf'), HUGGING_FACE_HUB_TOKEN: SecretValue.fromName('hf') },
      }),
  },
  {
    name: 'requests per second on Kubernetes without KEDA',
    code: 'Unsupported',
    message:
      "'autoscaling by requests' is not supported by the built-in router: it needs KEDA and a query; set 'keda' of the platform and use PrometheusTarget.ofTotal, or use ScalingTarget.cpuUtilization or ScalingTarget.memoryUtilization (at Serving/endpoint/v1/Autoscaling)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) => one(scope).backend.autoscale({ maxReplicas: 4, targets: [ScalingTarget.requestsPerSecond(10)] }),
  },
  {
    name: 'two settings for one target',
    code: 'ConflictingProps',
    message:
      "'targetSettings' contains settings for platform 'kubernetes' twice (kubernetes.PodSettings); put all options into one (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        targetSettings: [
          kubernetes.PodSettings.of({ priorityClassName: 'a' }),
          kubernetes.PodSettings.of({ runtimeClassName: 'b' }),
        ],
      }),
  },
  {
    name: 'a toleration of all taints by accident',
    code: 'InvalidPlacement',
    message: "'tolerations[0]' without 'key' must have TolerationOperator.EXISTS, which tolerates every taint",
    define: (scope) => one(scope, { targetSettings: [kubernetes.PodSettings.of({ tolerations: [{ value: 'a' }] })] }),
  },
  {
    name: 'a label that selects Pods of the package',
    code: 'InvalidName',
    message: "'serving-constructs/backend' in 'labels' is reserved for this package and Kubernetes; use another key",
    define: (scope) =>
      one(scope, {
        targetSettings: [kubernetes.PodSettings.of({ labels: { 'serving-constructs/backend': 'other' } })],
      }),
  },
  {
    name: 'a patch of Pods with a mistyped field',
    code: 'UnknownOption',
    message: "'podPatch.dnsConfig.searchs' is not a field of the Kubernetes API; did you mean 'searches'?",
    define: (scope) =>
      one(scope, { targetSettings: [kubernetes.PodSettings.of({ podPatch: { dnsConfig: { searchs: ['acme'] } } })] }),
  },
  {
    name: 'a patch of tasks with a mistyped property',
    code: 'UnknownOption',
    message:
      "'containerPatch.Ulimits[0].Hardlimit' is not a field of a task definition in CloudFormation; did you mean 'HardLimit'?",
    define: (scope) =>
      one(scope, {
        targetSettings: [aws.TaskSettings.of({ containerPatch: { Ulimits: [{ Name: 'nofile', Hardlimit: 65536 }] } })],
      }),
  },
  ...(
    [
      [
        'a name with capitals',
        { name: 'Proxy' },
        'InvalidName',
        "'sidecars[0].name' ('Proxy') must be 1 to 32 lowercase letters, digits and single hyphens between them, starting with a letter, such as 'proxy'",
      ],
      [
        'the name of the server',
        { name: 'server' },
        'ConflictingProps',
        "'sidecars[0].name' ('server') is the name of a container that the target adds; use another name",
      ],
      [
        'the port of the server',
        { ports: [{ name: 'admin', port: 8000 }] },
        'ConflictingProps',
        "'sidecars[0].ports[0].port' (8000) is also 'port' of the backend; use another port, or remove the entry",
      ],
      ['an empty command', { command: [] }, 'InvalidCommand', "'sidecars[0].command' ([]) must start with a program"],
      [
        'an empty check',
        { healthCheck: { command: [''] } },
        'InvalidCommand',
        "'sidecars[0].healthCheck.command' (['']) must start with a program",
      ],
      [
        'a check that does not end in time',
        { healthCheck: { command: ['a'], interval: Duration.seconds(10), timeout: Duration.seconds(11) } },
        'InvalidNumber',
        "'sidecars[0].healthCheck.timeout' (11 s) must be at most 'interval' (10 s)",
      ],
      [
        'a negative user',
        { user: -1 },
        'InvalidNumber',
        "'sidecars[0].user' (-1) must be a whole number between 0 and 2147483646",
      ],
      [
        'a name that is no variable',
        { environment: { 'A-B': 'c' } },
        'InvalidName',
        "the environment variable ('A-B') must consist of letters, digits and '_', and must not start with a digit",
      ],
      [
        'too little memory',
        { resources: { memory: Size.mebibytes(1) } },
        'InvalidNumber',
        "'sidecars[0].resources.memory' (1) must be a number of at least 16; the value is in MiB",
      ],
    ] as const
  ).map(([name, change, code, message]) => ({
    name: `a sidecar with ${name}`,
    code,
    message: `${message} (at Serving/endpoint/v1)`,
    define: (scope: Construct) =>
      one(scope, {
        sidecars: [{ name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0'), ...(change as object) }],
      }),
  })),
];
