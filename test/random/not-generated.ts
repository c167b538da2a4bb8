/** Options that random definitions do not have, with the reason. `*` stands for every option of an interface. */
export const NOT_GENERATED: { readonly [option: string]: string } = {
  'aws.ServiceLevelObjectiveOptions.*': 'only a method of a facade has it',
  'extension.BalancerStatuses.*': 'only profiles of gateways have it',
  'kubernetes.GatewayFeatures.*': 'only profiles of gateways have it',
  'kubernetes.GatewayPolicyProps.*': 'only subclasses use it',
  'kubernetes.GatewayProfileOptions.*': 'tests of gateway profiles declare their own',
  'kubernetes.GatewaySupport.*': 'only profiles of gateways have it',
  'servers.ServerImageFacts.*': 'only servers of the catalog have it',
  'servers.ServerDescriptor.image': 'only servers of the catalog have it',
};

/** Factories that random definitions do not use, with the reason. */
export const NOT_GENERATED_FACTORIES: { readonly [factory: string]: string } = {
  'aws.DockerfileImage.fromDirectory': 'it needs a folder with a Dockerfile',
  'aws.ExistingListener.fromListener': 'the load balancer would need a stack of its own',
  'kubernetes.GatewayProfile.custom': 'tests of gateway profiles declare their own',
};
