/** The packages whose modules this process has loaded, of those that a target may not load for another. */
export function loadedFrameworks(): string[] {
  const names = ['aws-cdk-lib', 'cdk8s', 'cdk8s-plus-27'];
  return names.filter((name) => Object.keys(require.cache).some((file) => file.includes(`/node_modules/${name}/`)));
}
