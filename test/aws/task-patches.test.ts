import { Match } from 'aws-cdk-lib/assertions';
import { aws } from '../../src';
import { messagesOf, oneBackend, templateOf } from '../support/aws';

const patchedBy = (settings: aws.TaskSettingsOptions) =>
  oneBackend({ targetSettings: [aws.TaskSettings.of(settings)] });

test('patches are applied last: objects are merged, null removes, lists are replaced', () => {
  const { stack } = patchedBy({
    taskDefinitionPatch: { PidMode: 'task', RuntimePlatform: { CpuArchitecture: 'X86_64' } },
    containerPatch: {
      Ulimits: [{ Name: 'nofile', SoftLimit: 65536, HardLimit: 65536 }],
      DockerLabels: { 'a.b': 'c' },
      LinuxParameters: { InitProcessEnabled: null },
    },
  });
  templateOf(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    PidMode: 'task',
    RuntimePlatform: { CpuArchitecture: 'X86_64' },
    ContainerDefinitions: [
      Match.objectLike({
        Name: 'Server',
        Ulimits: [{ Name: 'nofile', SoftLimit: 65536, HardLimit: 65536 }],
        DockerLabels: { 'a.b': 'c' },
        LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: Match.absent() },
      }),
    ],
  });
});

test('a patch of what the plan depends on is a warning of CDK with the rules', () => {
  const { stack } = patchedBy({ containerPatch: { StopTimeout: 5, Interactive: true } });
  const messages = messagesOf(stack).join('\n');
  expect(messages).toContain(
    "'containerPatch.StopTimeout' of backend 'backend' replaces the time from SIGTERM to SIGKILL, so that these rules are not enforced: D2 (the stop timeout covers the drain",
  );
  expect(messages).toContain('[ack: serving-constructs:patchedValue.StopTimeout]');
  expect(messages).not.toContain('Interactive');
});

test.each<[object, string]>([
  [
    { taskDefinitionPatch: { ContainerDefinitions: [] } },
    "[ConflictingProps] 'taskDefinitionPatch.ContainerDefinitions' cannot be patched; use 'containerPatch' for the container of the server",
  ],
  [{ containerPatch: { Name: 'a' } }, "[ConflictingProps] 'containerPatch.Name' cannot be patched; use 'Server'"],
  [
    { containerPatch: { stopTimeout: 5 } },
    "[UnknownOption] 'containerPatch.stopTimeout' is not the name of a field; names are written as in 'StopTimeout'",
  ],
])('fails for a patch that is invalid (%#)', (options, message) => {
  expect(() => aws.TaskSettings.of(options as never)).toThrow(message);
});
