import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { EndpointIntent } from '../../../plan/intents';
import type { EndpointPlan } from '../../../plan/serving-plan';
import type { BackendService } from '../backend-service';
import { late } from '../late';
import { type Measures, PERIOD } from './measures';

const { SUM, AVERAGE, MAXIMUM, percentile } = cloudwatch.Stats;

/** The whole width of a dashboard, and the sizes of its widgets. */
const WIDTH = 24;
const GRAPH = { width: 8, height: 6 };
const HEADER_HEIGHT = 2;

/** A color for each of the backends that a load balancer supports for an endpoint, none of which is that of a limit. */
const { BLUE, ORANGE, GREEN, PURPLE, BROWN, RED } = cloudwatch.Color;
const COLORS = [BLUE, ORANGE, GREEN, PURPLE, BROWN];

/** The metrics that all arms of an endpoint share a graph for, so that a worse arm is a line apart. */
type Graph = (typeof GRAPHS)[number]['id'];

interface GraphRow {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
}

const GRAPHS = [
  { id: 'requests', title: 'Requests per minute', unit: 'requests' },
  { id: 'errors', title: '5xx responses of the server', unit: '% of requests' },
  { id: 'latency', title: 'Time until 99 % of responses start', unit: 's' },
  { id: 'median', title: 'Time until half of the responses start', unit: 's' },
  { id: 'healthy', title: 'Healthy tasks', unit: 'tasks' },
  { id: 'unhealthy', title: 'Unhealthy tasks', unit: 'tasks' },
  { id: 'connections', title: 'Failed connections to tasks', unit: 'connections' },
  { id: 'cpu', title: 'CPU', unit: '% of the reserved CPU' },
  { id: 'memory', title: 'Memory', unit: '% of the reserved memory' },
] as const satisfies readonly GraphRow[];

/** The status codes of the load balancer, of all endpoints together. */
const STATUSES = [502, 503, 504];

/** An endpoint with a dashboard. */
export interface ShownEndpoint {
  readonly intent: EndpointIntent;
  readonly plan: () => EndpointPlan;
  /** The name of a backend in the plan. */
  readonly nameOf: (backend: string) => string;
  readonly measures: Measures;
}

/** The dashboard of an endpoint: a graph for each metric, with a line for each arm. */
export class EndpointDashboard {
  private readonly graphs: ReadonlyMap<Graph, cloudwatch.GraphWidget>;
  private arms = 0;

  constructor(
    scope: Construct,
    private readonly endpoint: ShownEndpoint,
  ) {
    const dashboard = new cloudwatch.Dashboard(scope, 'Dashboard');
    this.graphs = new Map(GRAPHS.map((row) => [row.id, this.makeGraph(row)]));
    const header = new cloudwatch.TextWidget({
      markdown: late.string(() => this.header()),
      width: WIDTH,
      height: HEADER_HEIGHT,
    });
    const graphs = [...this.graphs.values()];
    dashboard.addWidgets(header);
    const perRow = WIDTH / GRAPH.width;
    for (let first = 0; first < graphs.length; first += perRow)
      dashboard.addWidgets(...graphs.slice(first, first + perRow));
    dashboard.addWidgets(this.statuses());
  }

  /** Adds a backend: one line in each graph, of one color. Its name is that of the user. */
  public add(service: BackendService, label: string): void {
    const { measures } = this.endpoint;
    const index = this.arms++;
    const line = { label, color: COLORS[index] };
    const targets = (metricName: string, statistic: string) =>
      measures.ofTargets(service, { metricName, statistic, ...line });
    const used = (metricName: string) =>
      measures.ofService(service, { namespace: 'AWS/ECS', metricName, statistic: AVERAGE, ...line });
    const lines: { readonly [graph in Graph]?: cloudwatch.IMetric } = {
      requests: targets('RequestCount', SUM),
      errors: measures.errorPercent(service, { ...line, suffix: String(index) }),
      latency: targets('TargetResponseTime', percentile(99)),
      median: targets('TargetResponseTime', percentile(50)),
      healthy: targets('HealthyHostCount', MAXIMUM),
      unhealthy: targets('UnHealthyHostCount', MAXIMUM),
      connections: targets('TargetConnectionErrorCount', SUM),
      ...(measures.has(service) && { cpu: used('CPUUtilization'), memory: used('MemoryUtilization') }),
    };
    for (const [graph, metric] of Object.entries(lines)) this.graphs.get(graph as Graph)?.addLeftMetric(metric);
  }

  private makeGraph({ id, title, unit }: (typeof GRAPHS)[number]): cloudwatch.GraphWidget {
    const { requestTimeoutSeconds } = this.endpoint.intent;
    return new cloudwatch.GraphWidget({
      ...GRAPH,
      title,
      period: PERIOD,
      leftYAxis: { min: 0, label: unit, showUnits: false },
      ...(id === 'latency' && {
        leftAnnotations: [{ value: requestTimeoutSeconds, label: 'requestTimeout', color: RED }],
      }),
    });
  }

  private statuses(): cloudwatch.GraphWidget {
    return new cloudwatch.GraphWidget({
      ...GRAPH,
      width: WIDTH,
      title: 'Responses that the load balancer creates itself, of all endpoints',
      period: PERIOD,
      leftYAxis: { min: 0, label: 'responses', showUnits: false },
      left: STATUSES.map((status) =>
        this.endpoint.measures.ofBalancer({
          metricName: `HTTPCode_ELB_${status}_Count`,
          statistic: SUM,
          label: String(status),
        }),
      ),
    });
  }

  /** The name of the endpoint and the shares of its backends. */
  private header(): string {
    const { plan, nameOf, intent } = this.endpoint;
    const { shares } = plan();
    const total = shares.reduce((sum, { weight }) => sum + weight, 0);
    const parts = shares.map(({ backend, weight }) => {
      const percent = total === 0 ? 0 : Number(((100 * weight) / total).toFixed(1));
      return `${escapeMarkdown(nameOf(backend))} ${percent} %`;
    });
    return `# ${escapeMarkdown(intent.name)}\n${parts.join(' · ')}`;
  }
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|]/g, '\\$&');
}
