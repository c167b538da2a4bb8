/** A deployment of three stacks that every check accepts: platform, backend, endpoint. */

const imported = (name: string) => ({ 'Fn::ImportValue': name });
const exported = (value: unknown, name: string) => ({ Value: value, Export: { Name: name } });

const platform = {
  Resources: {
    Cluster: { Type: 'AWS::ECS::Cluster', Properties: {} },
    Balancer: {
      Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
      Properties: {
        Type: 'application',
        Scheme: 'internal',
        Subnets: ['subnet-1', 'subnet-2'],
        LoadBalancerAttributes: [
          { Key: 'idle_timeout.timeout_seconds', Value: '70' },
          { Key: 'client_keep_alive.seconds', Value: '3600' },
        ],
      },
    },
    Listener: {
      Type: 'AWS::ElasticLoadBalancingV2::Listener',
      Properties: {
        LoadBalancerArn: { Ref: 'Balancer' },
        Port: 80,
        Protocol: 'HTTP',
        DefaultActions: [
          {
            Type: 'fixed-response',
            FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'no such endpoint' },
          },
        ],
      },
    },
  },
  Outputs: {
    Listener: exported({ Ref: 'Listener' }, 'platform:Listener'),
    Cluster: exported({ 'Fn::GetAtt': ['Cluster', 'Arn'] }, 'platform:Cluster'),
  },
};

function targetGroup(): object {
  return {
    Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    Properties: {
      Port: 8000,
      Protocol: 'HTTP',
      TargetType: 'ip',
      VpcId: 'vpc-1',
      HealthCheckPath: '/',
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: '200-399,404' },
      TargetGroupAttributes: [
        { Key: 'deregistration_delay.timeout_seconds', Value: '70' },
        { Key: 'load_balancing.algorithm.type', Value: 'round_robin' },
      ],
    },
  };
}

const backend = {
  Resources: {
    Targets: targetGroup(),
    Dark: targetGroup(),
    Anchor: {
      Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
      Properties: {
        ListenerArn: imported('platform:Listener'),
        Priority: 50000,
        Conditions: [{ Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.1/32'] } }],
        Actions: [{ Type: 'forward', TargetGroupArn: { Ref: 'Targets' } }],
      },
    },
    Task: {
      Type: 'AWS::ECS::TaskDefinition',
      Properties: {
        Cpu: '1024',
        Memory: '2048',
        NetworkMode: 'awsvpc',
        RequiresCompatibilities: ['FARGATE'],
        Volumes: [{ Name: 'model' }],
        ContainerDefinitions: [
          {
            Name: 'server',
            Image: 'server',
            Essential: true,
            PortMappings: [{ ContainerPort: 8000 }],
            StopTimeout: 115,
            DependsOn: [{ ContainerName: 'fetch', Condition: 'SUCCESS' }],
            MountPoints: [{ SourceVolume: 'model', ContainerPath: '/models', ReadOnly: true }],
            Environment: [{ Name: 'PORT', Value: '8000' }],
          },
          {
            Name: 'fetch',
            Image: 'fetch',
            Essential: false,
            StartTimeout: 120,
            MountPoints: [{ SourceVolume: 'model', ContainerPath: '/models' }],
          },
        ],
      },
    },
    Service: {
      Type: 'AWS::ECS::Service',
      DependsOn: ['Anchor'],
      Properties: {
        Cluster: imported('platform:Cluster'),
        LaunchType: 'FARGATE',
        TaskDefinition: { Ref: 'Task' },
        HealthCheckGracePeriodSeconds: 300,
        DeploymentConfiguration: { MinimumHealthyPercent: 100, MaximumPercent: 200 },
        LoadBalancers: [{ ContainerName: 'server', ContainerPort: 8000, TargetGroupArn: { Ref: 'Targets' } }],
      },
    },
    Scaling: {
      Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      Properties: {
        MinCapacity: 2,
        MaxCapacity: 8,
        ResourceId: {
          'Fn::Join': ['', ['service/', imported('platform:Cluster'), '/', { 'Fn::GetAtt': ['Service', 'Name'] }]],
        },
        ScalableDimension: 'ecs:service:DesiredCount',
        ServiceNamespace: 'ecs',
      },
    },
  },
  Outputs: {
    Targets: exported({ Ref: 'Targets' }, 'backend:Targets'),
    Dark: exported({ 'Fn::GetAtt': ['Dark', 'TargetGroupArn'] }, 'backend:Dark'),
  },
};

const forward = (...groups: readonly (readonly [name: string, weight: number])[]) => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([name, Weight]) => ({ TargetGroupArn: imported(name), Weight })) },
});
const paths = { Field: 'path-pattern', PathPatternConfig: { Values: ['/classify', '/classify/*'] } };
const rule = (Priority: number, Conditions: readonly object[], action: object, more: object = {}) => ({
  Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  Properties: { ListenerArn: imported('platform:Listener'), Priority, Conditions, Actions: [action], ...more },
});

const endpoint = {
  Resources: {
    Own: rule(
      100,
      [paths, { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-serving-backend', Values: ['SVM:v1'] } }],
      forward(['backend:Dark', 1]),
    ),
    Split: rule(
      200,
      [paths, { Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['POST'] } }],
      forward(['backend:Targets', 9], ['backend:Dark', 1]),
      {
        Transforms: [
          { Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: '^/classify/?(.*)$', Replace: '/$1' }] } },
        ],
      },
    ),
    NotAllowed: rule(300, [paths], {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode: '405', ContentType: 'text/plain', MessageBody: 'method not allowed' },
    }),
    Host: rule(
      400,
      [
        { Field: 'host-header', HostHeaderConfig: { Values: ['*.example.com'] } },
        { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: 'b?ta' }] } },
      ],
      forward(['backend:Dark', 1]),
    ),
  },
};

export const deployment = { platform, backend, endpoint };
