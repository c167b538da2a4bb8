import { object, objects, text } from '../../support/data';
import { sleep } from '../support/load';
import type { ControlPlane } from './control-plane';

/**
 * Stands in for the kubelets: Pods are ready some time after they are created, and disappear when they are deleted. Everything
 * that decides how many there are is real.
 */
export class Kubelet {
  private isRunning = true;
  private readonly loop: Promise<void>;

  constructor(
    private readonly plane: ControlPlane,
    private readonly startMillis: number,
  ) {
    this.loop = this.run();
  }

  public async stop(): Promise<void> {
    this.isRunning = false;
    await this.loop;
  }

  private async run(): Promise<void> {
    while (this.isRunning) {
      const { body } = await this.plane.send('GET', '/api/v1/pods');
      await Promise.all(objects(body.items).map((pod) => this.move(pod)));
      await sleep(50);
    }
  }

  private async move({ metadata, spec, status }: ReturnType<typeof object>): Promise<void> {
    const { name, namespace, deletionTimestamp, creationTimestamp } = object(metadata);
    const path = `/api/v1/namespaces/${text(namespace)}/pods/${text(name)}`;
    if (deletionTimestamp !== undefined) {
      await this.plane.send('DELETE', path, { gracePeriodSeconds: 0 });
      return;
    }
    if (object(spec).nodeName === undefined) {
      const target = { kind: 'Node', name: 'node' };
      await this.plane.send('POST', `${path}/binding`, { metadata: { name }, target });
      return;
    }
    const age = Date.now() - Date.parse(text(creationTimestamp));
    if (object(status).phase === 'Running' || age < this.startMillis) return;
    const now = new Date().toISOString();
    const conditions = ['Ready', 'ContainersReady', 'Initialized', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: now,
    }));
    const ready = { status: { phase: 'Running', startTime: now, conditions } };
    await this.plane.send('PATCH', `${path}/status`, ready, 'application/merge-patch+json');
  }
}
