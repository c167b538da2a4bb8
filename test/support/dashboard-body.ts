/**
 * What CloudWatch accepts as the body of a dashboard.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
import { type Data, list, object, objects } from './data';

const TYPES = ['alarm', 'custom', 'explorer', 'log', 'metric', 'text'];
const WIDGET = ['type', 'x', 'y', 'width', 'height', 'properties'];
const TEXT = ['markdown', 'background'];
const METRIC = [
  ...['accountId', 'annotations', 'liveData', 'legend', 'metrics', 'period', 'region', 'setPeriodToTimeRange'],
  ...['singleValueFullPrecision', 'sparkline', 'stacked', 'stat', 'table', 'timezone', 'title', 'view', 'yAxis'],
];
const RENDERING = [
  ...['accountId', 'color', 'expression', 'id', 'label', 'period', 'region', 'stat', 'visible', 'yAxis'],
];
const VIEWS = ['timeSeries', 'singleValue', 'gauge', 'bar', 'pie', 'table'];
const STATISTIC = /^(SampleCount|Average|Sum|Minimum|Maximum|IQM|(p|tm|tc|ts|wm)\d{1,2}(\.\d+)?)$/;
const COLUMNS = 24;

/** The body of a dashboard in a template, in which each reference is a text. */
export function bodyOf(dashboardBody: unknown): Data {
  const join = object(dashboardBody)['Fn::Join'];
  const parts = join === undefined ? [dashboardBody] : (list(list(join)[1]) as unknown[]);
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'reference')).join('')) as Data;
}

/** What is wrong with a body. */
export function dashboardFaults(body: Data): string[] {
  const widgets = objects(body.widgets);
  const size = Buffer.byteLength(JSON.stringify(body));
  return [
    ...unknown('body', body, ['start', 'end', 'periodOverride', 'widgets', 'variables']),
    ...(widgets.length === 0 || widgets.length > 500 ? [`${widgets.length} widgets`] : []),
    ...(size > 1024 * 1024 ? [`${size} bytes`] : []),
    ...widgets.flatMap(widgetFaults),
  ];
}

function widgetFaults(widget: Data, index: number): string[] {
  const { type, x, y, width, height } = widget as Record<string, number | string>;
  const properties = object(widget.properties);
  const place = `widget ${index}`;
  const isInside = isWhole(x, 0, COLUMNS - 1) && isWhole(width, 1, COLUMNS) && Number(x) + Number(width) <= COLUMNS;
  return [
    ...unknown(place, widget, WIDGET),
    ...(TYPES.includes(String(type)) ? [] : [`${place}: type ${type}`]),
    ...(isInside && isWhole(y, 0, 1e6) && isWhole(height, 1, 1000)
      ? []
      : [`${place}: ${x}, ${y}, ${width}, ${height}`]),
    ...(type === 'text' ? unknown(place, properties, TEXT) : []),
    ...(type === 'metric' ? metricFaults(place, properties) : []),
  ];
}

function metricFaults(place: string, properties: Data): string[] {
  const rows = (list(properties.metrics) as unknown[][]).map((row) => ({
    names: row.filter((part) => typeof part === 'string') as string[],
    rendering: row.flatMap((part) => (typeof part === 'string' ? [] : [object(part)]))[0] ?? {},
  }));
  const ids = rows.flatMap(({ rendering: { id } }) => (id === undefined ? [] : [String(id)]));
  const expressions = rows.flatMap(({ rendering: { expression } }) =>
    expression === undefined ? [] : [String(expression)],
  );
  const used = expressions.flatMap((text) => text.match(/\b[a-z][a-z]*\d*\b/g) ?? []);
  const { left } = object(properties.yAxis);
  return [
    ...unknown(place, properties, METRIC),
    ...(VIEWS.includes(String(properties.view)) ? [] : [`${place}: view ${properties.view}`]),
    ...(typeof properties.title === 'string' && properties.title !== '' ? [] : [`${place}: no title`]),
    ...(typeof properties.region === 'string' ? [] : [`${place}: no region`]),
    ...(rows.length === 0 || rows.length > 500 ? [`${place}: ${rows.length} metrics`] : []),
    ...(new Set(ids).size === ids.length ? [] : [`${place}: ids ${ids}`]),
    ...ids.filter((id) => !/^[a-z]\w*$/.test(id)).map((id) => `${place}: id ${id}`),
    ...used.filter((id) => !ids.includes(id)).map((id) => `${place}: no metric ${id}`),
    ...unknown(place, object(left), ['label', 'min', 'max', 'showUnits']),
    ...objects(object(properties.annotations).horizontal).flatMap((one) =>
      unknown(place, one, ['value', 'label', 'color', 'fill', 'visible', 'yAxis']),
    ),
    ...rows.flatMap(({ names, rendering }) => [
      ...unknown(place, rendering, RENDERING),
      // Expressions have no names; metrics have a namespace, a name, and pairs of a dimension and its value.
      ...(rendering.expression === undefined && (names.length < 2 || names.length % 2 === 1)
        ? [`${place}: ${names}`]
        : []),
      ...(rendering.stat === undefined || STATISTIC.test(String(rendering.stat))
        ? []
        : [`${place}: ${rendering.stat}`]),
      ...(rendering.color === undefined || /^#[0-9a-f]{6}$/i.test(String(rendering.color))
        ? []
        : [`${place}: color ${rendering.color}`]),
    ]),
  ];
}

function unknown(place: string, value: Data, known: readonly string[]): string[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => `${place}: unknown ${name}`);
}

function isWhole(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}
