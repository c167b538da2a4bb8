import { type CfnResource, Stack } from 'aws-cdk-lib';
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

/** The routes that lead out of a VPC for every address. */
const EVERYWHERE = ['0.0.0.0/0'];

/** A backend in the network, and the services of AWS that it uses. */
interface User {
  readonly backend: BoundBackend;
  readonly task: Task;
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
    this.users.push({ backend, task, interfaces });
    this.platform._warn(backend.scope, () => this.warningsOf(backend, task));
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
    if (this.users.length === 0 || !this.isClosed()) return [];
    return [...this.missingEndpoints(), ...this.users.flatMap((user) => this.refusedDownloads(user))];
  }

  /** Whether tasks have no route out as far as the app shows: no subnet has one, wherever it is added. */
  private isClosed(): boolean {
    const { isolated, selected } = this.subnets;
    if (isolated.length === 0 || isolated.length < selected.subnets.length) return false;
    // The routes of imported subnets are unknown.
    if (resourceOf(this.vpc) === undefined) return false;
    const tables = new Set(isolated.map(({ routeTable }) => routeTable.routeTableId));
    return !resourcesIn<ec2.CfnRoute>(this.platform.node.root, ROUTE).some(
      ({ routeTableId, destinationCidrBlock = '' }) =>
        tables.has(routeTableId) && EVERYWHERE.includes(destinationCidrBlock),
    );
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

  private warningsOf(backend: BoundBackend, task: Task): Warning[] {
    if (!this.isClosed()) return [];
    return downloadsOf(backend, task.definition)
      .filter(({ isPublic }) => !isPublic)
      .map((download) => ({
        id: `noRoute.${slug(backend.intent.name)}`,
        message: `${this.unreachable(download)} unless it is in a connected network; ${download.instead}, or acknowledge this warning`,
      }));
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

/** The resource of a VPC; undefined for an imported one. */
function resourceOf(vpc: IConstruct): CfnResource | undefined {
  return vpc.node.defaultChild as CfnResource | undefined;
}
