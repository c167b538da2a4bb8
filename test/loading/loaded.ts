/** The frameworks from which this process has loaded modules. */
export function loadedFrameworks(): string[] {
  const names = ['aws-cdk-lib', 'cdk8s', 'cdk8s-plus-27'];
  return names.filter((name) => Object.keys(require.cache).some((file) => file.includes(`/node_modules/${name}/`)));
}
