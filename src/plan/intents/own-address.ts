/** The address that a backend has at an endpoint beside the shares, so that a version can be tried before it has one. */
export enum OwnAddress {
  /** The address of the endpoint, with the header `x-serving-backend` and the backend's name. */
  HEADER = 'header',
  /** A path of its own, `<path of the endpoint>/_b/<name>`. */
  PATH = 'path',
  /** None: requests reach the backend by shares and header rules only. */
  NONE = 'none',
}
