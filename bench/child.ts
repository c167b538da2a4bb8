// One measurement in a separate process: synthesizes a fleet with a program, and prints the cost.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FleetPlatform } from './fleet';

/** The cost of a program, without the start of Node. */
export interface Measurement {
  /** Processor time of the main thread in milliseconds. */
  readonly cpu: number;
  /** Peak memory of the process in MiB. */
  readonly memory: number;
}

const { peakMemory } = require('./peak-memory.cjs') as { peakMemory(): number };

/** A fleet that uses all code paths, so that a measurement after it does not load code. */
const WARM_UP = 20;

/** Smaller fleets are synthesized several times, because a few milliseconds are mostly noise. */
const LEAST_ENDPOINTS = 40;

/**
 * The processor time of the main thread so far, without the threads that compile and collect garbage. On an idle machine
 * this is the time that a user waits. On systems that do not report it, the time of all threads.
 */
function processorTime(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }
}

/** An App of CDK or cdk8s that writes into a folder. */
function newApp(target: string, outdir: string) {
  if (target === 'kubernetes') return new (require('cdk8s') as typeof import('cdk8s')).App({ outdir });
  const { App, CloudFormationValidatePlugin, Validations } = require('aws-cdk-lib') as typeof import('aws-cdk-lib');
  const app = new App({ outdir, analyticsReporting: false });
  // Replaces the validator, which costs more than everything else; not every release can disable it. It is created without
  // its constructor and with its own version, because both would load the engine.
  const noValidation: import('aws-cdk-lib').CloudFormationValidatePlugin = Object.create(
    CloudFormationValidatePlugin.prototype,
    {
      name: { value: 'NoValidation' },
      version: { value: '0' },
      ruleIds: { value: [] },
      validate: { value: () => ({ success: true, violations: [] }) },
    },
  );
  Validations.of(app).addPlugins(noValidation);
  return app;
}

const started = processorTime();
const [target, program, size, start] = process.argv.slice(2) as [string, string, string, 'loaded' | 'new'];
const outdir = mkdtempSync(join(tmpdir(), 'bench-'));

function synthesize(endpoints: number): void {
  const { fleetOf } = require('./fleet') as typeof import('./fleet');
  const { build } = require(program) as { build(app: unknown, fleet: FleetPlatform[]): void };
  const app = newApp(target, outdir);
  build(app, fleetOf(endpoints));
  app.synth();
}

try {
  if (start === 'loaded') synthesize(WARM_UP);
  const before = start === 'loaded' ? processorTime() : started;
  const times = start === 'loaded' ? Math.ceil(LEAST_ENDPOINTS / Number(size)) : 1;
  for (let time = 0; time < times; time++) synthesize(Number(size));
  const cpu = (processorTime() - before) / times;
  const measurement: Measurement = { cpu, memory: peakMemory() };
  console.log(JSON.stringify(measurement));
} finally {
  rmSync(outdir, { recursive: true });
}
