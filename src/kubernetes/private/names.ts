/** Whether an object of Kubernetes can have this name: a subdomain of DNS. */
export function isObjectName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label));
}
