import { Model, SecretValue } from '../../src';
import type { BackendOptions } from '../../src/constructs/backend-options';
import { podOf } from '../kubernetes/support';
import { container, oneBackend, templateOf } from '../support/aws';
import { object, objects } from '../support/data';

function isOfCli([name]: unknown[]): boolean {
  return String(name).startsWith('AWS_') && name !== 'AWS_ENDPOINT_URL_S3';
}

/** A model, and whose keys its fetch must receive. */
interface Row {
  readonly what: string;
  readonly endpoint?: string;
  /** The name of the secret with the keys of the model. */
  readonly own?: string;
  readonly expected: string | undefined;
}

const keysIn = (name: string) => ({
  accessKeyId: SecretValue.fromName(name, { key: 'id' }),
  secretAccessKey: SecretValue.fromName(name, { key: 'secret' }),
});
const minio = 'https://minio.example.com';
const amazon = { what: 'Amazon S3' };
const store = { what: 'a store', endpoint: minio };

const EXTERNAL = ['server', 'minio', 'amazon', 'ceph', 'bundle'].map((name) => `Secret/${name}`);

/** The variables of the AWS CLI in the containers that fetch, each with its value or the secret that has it. */
const RENDERED = {
  aws: (options: Partial<BackendOptions>, fetches: number) => {
    const template = templateOf(oneBackend(options).stack);
    return Array.from({ length: fetches }, (_, index) =>
      [
        ...objects(container(template, `Fetch${index}`).Environment).map(({ Name, Value }) => [Name, Value]),
        ...objects(container(template, `Fetch${index}`).Secrets ?? []).map(({ Name, ValueFrom }) => [
          Name,
          /:secret:([a-z]+):/.exec(JSON.stringify(ValueFrom))?.[1],
        ]),
      ].filter(isOfCli),
    );
  },
  kubernetes: (options: Partial<BackendOptions>) =>
    objects(podOf(options, EXTERNAL).initContainers).map(({ env }) =>
      objects(env)
        .map(({ name, value, valueFrom }) => [name, value ?? object(object(valueFrom).secretKeyRef).name])
        .filter(isOfCli),
    ),
};

describe.each(Object.entries(RENDERED))('the fetches on %s', (_target, rendered) => {
  test.each<[string, Row[], BackendOptions['environment']?]>([
    ['one store', [{ ...store, expected: 'server' }]],
    ['Amazon S3 only', [{ ...amazon, expected: 'server' }]],
    [
      'both',
      [
        { ...store, expected: 'server' },
        { ...amazon, expected: undefined },
      ],
    ],
    [
      'both, the store with keys of its own',
      [
        { ...store, own: 'minio', expected: 'minio' },
        { ...amazon, expected: 'server' },
      ],
    ],
    [
      'both with keys of their own',
      [
        { ...store, own: 'minio', expected: 'minio' },
        { ...amazon, own: 'amazon', expected: 'amazon' },
      ],
    ],
    [
      'two stores',
      [
        { ...store, own: 'minio', expected: 'minio' },
        { ...store, endpoint: 'https://ceph.example.com', own: 'ceph', expected: 'ceph' },
      ],
    ],
    [
      'a store for all models, and another one',
      [
        { ...amazon, expected: 'server' },
        { ...store, own: 'minio', expected: 'minio' },
      ],
      { AWS_ENDPOINT_URL_S3: 'https://first.example.com' },
    ],
  ])('from %s receive only keys of their own', (_what, rows, environment = {}) => {
    const { accessKeyId, secretAccessKey } = keysIn('server');
    const models = rows.map(({ endpoint, own }, index) =>
      Model.fromS3('s3://acme-models/net/', {
        path: `m${index}`,
        endpoint,
        credentials: own === undefined ? undefined : keysIn(own),
      }),
    );
    const secrets = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: SecretValue.fromName('server', { key: 'token' }),
    };
    const expected = rows.map(({ expected: from, own }) =>
      (from === undefined ? [] : [...Object.keys(secrets).slice(0, own === undefined ? 3 : 2)]).map((name) => [
        name,
        from,
      ]),
    );
    expect(rendered({ models, secrets, environment }, rows.length)).toEqual(expected);
  });

  test('receive other variables of the AWS CLI', () => {
    const models = [Model.fromS3('s3://acme/a/', { path: 'a', endpoint: minio }), Model.fromS3('s3://acme/b/')];
    const secrets = { AWS_CA_BUNDLE: SecretValue.fromName('bundle', { key: 'path' }) };
    expect(rendered({ models: models.slice(0, 1), secrets }, 1)).toEqual([[['AWS_CA_BUNDLE', 'bundle']]]);
  });

  test('receive plain keys like secret ones', () => {
    const environment = { AWS_ACCESS_KEY_ID: 'id', AWS_REGION: 'eu-west-1' };
    const models = [
      Model.fromS3('s3://acme/a/', { path: 'a', endpoint: minio }),
      Model.fromS3('s3://acme/b/', { path: 'b' }),
    ];
    expect(rendered({ models, environment }, 2)).toEqual([
      [
        ['AWS_ACCESS_KEY_ID', 'id'],
        ['AWS_REGION', 'eu-west-1'],
      ],
      [['AWS_REGION', 'eu-west-1']],
    ]);
  });
});
