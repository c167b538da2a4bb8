import { Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Dependable, DependencyGroup, type IConstruct } from 'constructs';
import type { Warning } from '../../constructs/private/warnings';
import type { TargetPlatform } from '../../constructs/target-platform';
import { renderError } from '../../private/errors';
import { slug } from '../../private/names';
import type { EcsPlatformProps } from '../ecs-platform-props';
import type { BoundBackend } from './bound-backend';
import { type Download, downloadsOf, interfacesOf } from './needs';
import { resourcesIn } from './resources';
import { TaskSubnets } from './subnets';
import type { Task } from './task';
import type { InterfaceName, PlatformVpc } from './vpc';

const ENDPOINT = 'AWS::EC2::VPCEndpoint';
const ROUTE = 'AWS::EC2::Route';

/** The destination of a route out of a VPC. */
const EVERYWHERE = '0.0.0.0/0';

/** A backend in the network, and the services of AWS that it uses. */
interface User {
  readonly backend: BoundBackend;
  readonly task: Task;
  readonly onInstances: boolean;
  readonly interfaces: ReadonlySet<InterfaceName>;
}

/** Where the tasks and instances of a platform run, and what they reach from there. */
export class TaskNetwork {
  public readonly subnets: TaskSubnets;

  private readonly users: User[] = [];

  constructor(
    private readonly platform: TargetPlatform,
    private readonly vpc: ec2.IVpc,
    private readonly own: PlatformVpc | undefined,
    props: EcsPlatformProps,
  ) {
    this.subnets = new TaskSubnets(vpc, props.taskSubnets, platform);
    platform.node.addValidation({ validate: () => this.errors() });
  }

  /** Adds a backend, and to a VPC of the platform without a NAT gateway the endpoints that its tasks use. */
  public add(backend: BoundBackend, task: Task, onInstances: boolean): void {
    const interfaces = interfacesOf(backend, onInstances);
    this.own?.addInterfaces(interfaces);
    const user = { backend, task, onInstances, interfaces };
    this.users.push(user);
    this.platform._warn(backend.scope, () => this.warningsOf(user));
  }

  /**
   * Lets tasks or instances start after the routes out of their subnets exist, and end before they are deleted. Without a
   * route these are the endpoints of the VPC, also those that are added later.
   */
  public startAfterRoutes(user: IConstruct): void {
    const ready = new DependencyGroup(this.subnets.selected.internetConnectivityEstablished);
    if (this.subnets.isolated.length > 0) ready.add(new EndpointsOf(this.vpc));
    user.node.addDependency(ready);
  }

  /** Why tasks cannot start: services and downloads that they do not reach. */
  private errors(): string[] {
    const closed = this.users.length === 0 ? [] : this.closed;
    if (closed.length === 0) return [];
    // Another network can have the endpoints, and the zones for their names.
    const missing = this.without(closed, isConnection).length === 0 ? [] : this.missingEndpoints();
    return [...missing, ...this.users.flatMap((user) => this.refusedDownloads(user))];
  }

  /** The subnets of the tasks without a route out, wherever the app could add it. The routes of imported ones are unknown. */
  private get closed(): ec2.ISubnet[] {
    const { isolated } = this.subnets;
    if (isolated.length === 0 || !isDefined(this.vpc)) return [];
    return this.without(isolated, ({ destinationCidrBlock }) => destinationCidrBlock === EVERYWHERE);
  }

  private without(subnets: ec2.ISubnet[], matches: (route: ec2.CfnRoute) => boolean): ec2.ISubnet[] {
    const tables = resourcesIn<ec2.CfnRoute>(this.platform.node.root, ROUTE)
      .filter(matches)
      .map(({ routeTableId }) => routeTableId);
    return subnets.filter(({ routeTable }) => !tables.includes(routeTable.routeTableId));
  }

  private missingEndpoints(): string[] {
    const found = resourcesIn<ec2.CfnVPCEndpoint>(this.platform.node.root, ENDPOINT)
      .filter(({ vpcId }) => vpcId === this.vpc.vpcId)
      .map((endpoint) => JSON.stringify(Stack.of(endpoint).resolve(endpoint.serviceName)));
    const needed = new Set<string>(['s3', ...this.users.flatMap(({ interfaces }) => [...interfaces])]);
    const missing = [...needed].filter((name) => !found.some((service) => service.includes(`.${name}"`)));
    if (missing.length === 0) return [];
    const names = missing.map((name) => `'${name}'`).join(', ');
    const message = `the tasks run in isolated subnets of '${this.vpc.node.path}', which have no route to the internet, and their VPC has no endpoint for ${names}; add ${missing.length === 1 ? 'it' : 'them'} with 'addGatewayEndpoint' (s3) and 'addInterfaceEndpoint' of the VPC, or select other subnets with 'taskSubnets'`;
    return [renderError('NoRoute', message, this.platform.node.path)];
  }

  private refusedDownloads({ backend, task }: User): string[] {
    return downloadsOf(backend, task.definition)
      .filter(({ isPublic }) => isPublic)
      .map((download) =>
        renderError(
          'NoRoute',
          `${this.unreachable(download)}; ${download.instead}, or ${this.opening}`,
          backend.scope.node.path,
        ),
      );
  }

  private warningsOf({ backend, task, onInstances }: User): Warning[] {
    const { name } = backend.intent;
    const id = `noRoute.${slug(name)}` as const;
    if (onInstances && this.subnets.arePublic) {
      const message = `the tasks of backend '${name}' run on instances in public subnets, where they have no public address and reach only the VPC and its endpoints; select private subnets with 'taskSubnets', or acknowledge this warning`;
      return [{ id, message }];
    }
    if (this.closed.length === 0) return [];
    const doubtful = downloadsOf(backend, task.definition).filter(({ isPublic }) => !isPublic);
    if (doubtful.length === 0) return [];
    const listed = doubtful.map((download) => `${this.unreachable(download)}; ${download.instead}`).join('. Also, ');
    return [{ id, message: `${listed}, or acknowledge this warning if it is in a connected network` }];
  }

  private unreachable({ what }: Download): string {
    return `${what}, which tasks do not reach from isolated subnets`;
  }

  /** What gives the tasks a route. */
  private get opening(): string {
    return this.own === undefined ? "select subnets with a route with 'taskSubnets'" : "set 'natGateways' to 1";
  }
}

/** The endpoints below a VPC, whenever they are added. */
class EndpointsOf {
  constructor(vpc: IConstruct) {
    Dependable.implement(this, {
      get dependencyRoots() {
        return resourcesIn(vpc, ENDPOINT);
      },
    });
  }
}

/** Whether a route leads to another network. */
function isConnection({ transitGatewayId, coreNetworkArn, vpcPeeringConnectionId }: ec2.CfnRoute): boolean {
  return (transitGatewayId ?? coreNetworkArn ?? vpcPeeringConnectionId) !== undefined;
}

/** Whether the app defines a VPC, rather than importing it. */
function isDefined(vpc: IConstruct): boolean {
  return vpc.node.defaultChild !== undefined;
}
