/** A port of a container in addition to the one that serves requests. */
export interface AdditionalPort {
  /**
   * The name: at most 15 lowercase letters, digits and single hyphens, such as `metrics`, with a letter. `http` is the port
   * of the backend.
   *
   * AWS: the name of the port mapping, which Service Connect refers to. Kubernetes: the name of the container port and of the
   * port of the Services.
   */
  readonly name: string;

  /**
   * The number of the TCP port. The server must listen on it on all interfaces.
   *
   * Kubernetes: also the port of the Services, whose port 80 is that of the backend.
   */
  readonly port: number;
}
