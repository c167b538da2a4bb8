import { ApiObject, App, Chart, type IResolver, JsonPatch, type ResolutionContext } from 'cdk8s';
import { Construct } from 'constructs';
import { Backend } from '../../src/constructs/backend';
import { HttpMethod } from '../../src/constructs/endpoint-options';
import { ScalingTarget } from '../../src/constructs/scaling-target';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { Warnings } from '../../src/constructs/warnings';
import { Gateway, KubernetesBackend, KubernetesPlatform } from '../../src/kubernetes';
import { Model } from '../../src/models/model';
import { Gpu } from '../../src/workload/gpu';
import { backendOptions } from '../support/definitions';
import { GATEWAY_PROFILES } from '../support/gateway-profiles';
import { findObject, manifestsOf, newChart, oneBackend } from './support';

/** A chart with every kind of object. */
function everything(chart: Chart): void {
  const endpoint = new ServingEndpoint(chart, 'digits', { methods: [HttpMethod.POST] });
  const backend = endpoint.addBackend(
    'svm',
    backendOptions({ gpu: Gpu.nvidia({ product: 'L4' }), description: 'svm' }),
  );
  endpoint.addBackend('other', backendOptions({ model: Model.fromS3('s3://acme/a/'), replicas: 2 }));
  backend.autoscale({ maxReplicas: 4, targets: [ScalingTarget.cpuUtilization(50)] });
}

const objectsIn = (chart: Chart): ApiObject[] => chart.node.findAll().filter(ApiObject.isApiObject);

describe('the manifest of an object', () => {
  test('equals that of an ApiObject of cdk8s', () => {
    const gateways = GATEWAY_PROFILES.map((profile) => Gateway.fromName('public', { profile }));
    for (const gateway of [undefined, ...gateways]) {
      const chart = newChart({ namespace: 'models', labels: { team: 'vision' } });
      new KubernetesPlatform(chart, 'Platform', { gateway });
      everything(chart);
      const objects = objectsIn(chart);
      expect(objects.length).toBeGreaterThan(10);
      for (const object of objects) {
        expect(JSON.stringify(object.toJson())).toBe(JSON.stringify(ApiObject.prototype.toJson.call(object)));
      }
    }
  });

  test('can be patched, also where values are lazy', () => {
    const { chart, backend } = oneBackend();
    const facade = KubernetesBackend.of(backend);
    facade.deployment.addJsonPatch(
      JsonPatch.add('/spec/template/spec/runtimeClassName', 'nvidia'),
      JsonPatch.replace('/spec/template/spec/containers/0/resources/limits/memory', '4Gi'),
      JsonPatch.add('/spec/template/spec/containers/0/env/-', { name: 'LATE', value: 'yes' }),
    );
    facade.service.metadata.addAnnotation('example.com/owner', 'vision');
    facade.podsService.addJsonPatch(JsonPatch.add('/spec/publishNotReadyAddresses', true));
    const manifests = manifestsOf(chart);
    const pod = findObject(manifests, 'Deployment', 'digits-svm').spec.template.spec;
    expect(pod.runtimeClassName).toBe('nvidia');
    expect(pod.containers[0].resources.limits.memory).toBe('4Gi');
    expect(pod.containers[0].env.at(-1)).toEqual({ name: 'LATE', value: 'yes' });
    expect(findObject(manifests, 'Service', 'digits-svm').metadata.annotations).toEqual({
      'example.com/owner': 'vision',
    });
    expect(findObject(manifests, 'Service', 'digits-svm-pods').spec.publishNotReadyAddresses).toBe(true);
  });

  test('uses the resolvers of the app', () => {
    class Upper implements IResolver {
      public resolve(context: ResolutionContext): void {
        if (context.value === 'quiet') context.replaceValue('LOUD');
      }
    }
    const chart = new Chart(new App({ resolvers: [new Upper()] }), 'serving');
    new Backend(chart, 'svm', backendOptions({ environment: { VOICE: 'quiet' } }));
    const { env } = findObject(manifestsOf(chart), 'Deployment', 'svm').spec.template.spec.containers[0];
    expect(env.at(-1)).toEqual({ name: 'VOICE', value: 'LOUD' });
  });

  test('keeps its order without sorting', () => {
    const { chart } = oneBackend();
    process.env.CDK8S_DISABLE_SORT = '1';
    try {
      const { spec } = findObject(chart.toJson(), 'Deployment', 'digits-svm');
      expect(Object.keys(spec)[0]).toBe('replicas');
    } finally {
      delete process.env.CDK8S_DISABLE_SORT;
    }
  });
});

describe('the tree', () => {
  test('has the child ids of the contract', () => {
    const chart = newChart();
    everything(chart);
    const paths = objectsIn(chart).map(({ node }) => node.path);
    expect(paths.filter((path) => path.includes('svm') || path.includes('other'))).toEqual([
      'serving/digits/svm/ServiceAccount',
      'serving/digits/svm/Deployment',
      'serving/digits/svm/Service',
      'serving/digits/svm/PodsService',
      'serving/digits/svm/Autoscaling/HorizontalPodAutoscaler',
      'serving/digits/svm/PodDisruptionBudget',
      'serving/digits/other/ServiceAccount',
      'serving/digits/other/Deployment',
      'serving/digits/other/Service',
      'serving/digits/other/PodsService',
      'serving/digits/other/PodDisruptionBudget',
    ]);
    expect(chart.node.tryFindChild('ServingPlatform')?.node.tryFindChild('Router')).toBeDefined();
  });

  test('has the Deployment as the default child of a backend', () => {
    const { backend } = oneBackend();
    expect(ApiObject.of(backend)).toBe(KubernetesBackend.of(backend).deployment);
  });
});

describe('names', () => {
  test('fail if two charts use the same one in a namespace', () => {
    const app = new App();
    const [one, two] = ['one', 'two'].map((id) => new Chart(app, id, { namespace: 'models' })) as [Chart, Chart];
    for (const chart of [one, two]) new Backend(chart, 'svm', backendOptions());
    const message =
      "[NameClash] duplicate Deployment 'svm' in namespace 'models', for 'one/svm/Deployment' and 'two/svm/Deployment'; rename one of them, or use another namespace for one chart (at two/svm/Deployment)";
    expect(() => one.toJson()).toThrow(message);
    expect(() => app.synthYaml()).toThrow(message);
  });

  test('fail if one chart has duplicates, with or without a namespace', () => {
    const chart = newChart();
    for (const id of ['one', 'two']) {
      const platform = new KubernetesPlatform(new Construct(chart, id), 'Platform');
      new Backend(platform, 'svm', backendOptions({ backendName: 'svm' }));
    }
    expect(() => chart.toJson()).toThrow(
      "[NameClash] duplicate Deployment 'svm' in the namespace they are applied to, for 'serving/one/Platform/svm/Deployment'",
    );
  });

  describe('in two charts without a namespace', () => {
    const twoCharts = () => {
      const app = new App();
      const charts = ['one', 'two'].map((id) => new Chart(app, id)) as [Chart, Chart];
      for (const chart of charts) new ServingEndpoint(chart, 'digits').addBackend('svm', backendOptions());
      return { app, charts };
    };
    const written = (app: App): string[] => {
      const spy = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
      try {
        app.synthYaml();
        return spy.mock.calls.map(([text]) => String(text));
      } finally {
        spy.mockRestore();
      }
    };

    test('cause one warning', () => {
      const { app } = twoCharts();
      expect(written(app)).toEqual([
        "[Warning at two] charts 'one' and 'two' have objects with the same names (ServiceAccount 'digits-svm', Deployment 'digits-svm', Service 'digits-svm' and 1 more) and no namespace; set 'namespace' on both, or apply them to different namespaces and acknowledge this [ack: serving-constructs:sharedNames.one]\n",
      ]);
      expect(written(app)).toEqual([]);
    });

    test('cause none once it is acknowledged', () => {
      const { app, charts } = twoCharts();
      Warnings.of(charts[1]).acknowledge('serving-constructs:sharedNames.one', 'one namespace for each stage');
      expect(written(app)).toEqual([]);
    });

    test('cause none once one chart is removed', () => {
      const { app } = twoCharts();
      app.node.tryRemoveChild('one');
      expect(written(app)).toEqual([]);
    });

    test('cause a warning for each pair', () => {
      const { app } = twoCharts();
      new Backend(new Chart(app, 'three'), 'digits-svm', backendOptions());
      expect(written(app).map((line) => /sharedNames\.\w+/.exec(line)?.[0])).toEqual([
        'sharedNames.one',
        'sharedNames.one',
      ]);
    });
  });

  test('may be the same in two namespaces', () => {
    const app = new App();
    for (const id of ['one', 'two']) new Backend(new Chart(app, id, { namespace: id }), 'svm', backendOptions());
    expect(app.synthYaml().match(/kind: Deployment/g)).toHaveLength(2);
  });

  test('can be used again once their owner is removed', () => {
    const app = new App();
    const one = new Chart(app, 'one');
    new Backend(one, 'svm', backendOptions());
    const two = new Chart(app, 'two');
    new Backend(two, 'svm', backendOptions());
    app.node.tryRemoveChild('one');
    expect(manifestsOf(two)).toHaveLength(4);
  });
});
