import type { Resource, Stacks } from './stacks';

export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** A cycle in the graph, or undefined. */
export function cycleIn(graph: Graph): readonly string[] | undefined {
  const done = new Set<string>();
  const walk = (node: string, path: readonly string[]): readonly string[] | undefined => {
    const start = path.indexOf(node);
    if (start >= 0) return [...path.slice(start), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const found = walk(next, [...path, node]);
      if (found !== undefined) return found;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const found = walk(node, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function resourceGraph(stacks: Stacks): Graph {
  return new Map(stacks.resources.map(({ key, needs }) => [key, new Set(needs)]));
}

/** The stacks that each stack depends on. A nested stack is part of its parent. */
export function stackGraph(stacks: Stacks): Graph {
  const graph = new Map(stacks.names.map((name) => [stacks.root(name), new Set<string>()]));
  for (const { stack, needs } of stacks.resources) {
    const own = stacks.root(stack);
    for (const need of needs) {
      const other = stacks.root(need.slice(0, need.lastIndexOf('/')));
      if (other !== own && graph.has(other)) graph.get(own)?.add(other);
    }
  }
  return graph;
}

function reachable(graph: Graph, from: string): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [from];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (const next of graph.get(node) ?? []) {
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return seen;
}

/**
 * Whether one resource exists before the other is created: by dependency, or because its whole stack is deployed
 * before.
 */
export function deploymentOrder(stacks: Stacks): (first: Resource, then: Resource) => boolean {
  const graphs = { resources: resourceGraph(stacks), stacks: stackGraph(stacks) };
  const known = new Map<string, ReadonlySet<string>>();
  const before = (graph: keyof typeof graphs, node: string): ReadonlySet<string> => {
    const key = `${graph} ${node}`;
    const found = known.get(key) ?? reachable(graphs[graph], node);
    known.set(key, found);
    return found;
  };
  return (first, then) =>
    before('resources', then.key).has(first.key) ||
    before('stacks', stacks.root(then.stack)).has(stacks.root(first.stack));
}
