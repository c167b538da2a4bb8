// Test files of one worker share its realm, so that they can share loaded packages (see runtime.cjs). Changes of a file to
// the process are undone after it.
const { LegacyFakeTimers, ModernFakeTimers } = require('@jest/fake-timers');
const { ModuleMocker } = require('jest-mock');

/** Global state of packages, which remain loaded. */
const OF_PACKAGES = /cdk|jsii/i;

function propertiesOf(object) {
  return new Map(Reflect.ownKeys(object).map((key) => [key, Object.getOwnPropertyDescriptor(object, key)]));
}

function restore(object, before) {
  for (const key of Reflect.ownKeys(object))
    if (!before.has(key) && !OF_PACKAGES.test(String(key))) Reflect.deleteProperty(object, key);
  for (const [key, descriptor] of before) if (descriptor.configurable) Object.defineProperty(object, key, descriptor);
}

module.exports = class SharedRealm {
  sharesPackages = true;
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  before = { global: propertiesOf(globalThis), process: propertiesOf(process), environment: { ...process.env } };

  constructor({ projectConfig: config }) {
    const { global, moduleMocker } = this;
    const timerConfig = { idToRef: (id) => id, refToId: (timer) => timer };
    this.fakeTimers = new LegacyFakeTimers({ config, global, moduleMocker, timerConfig });
    this.fakeTimersModern = new ModernFakeTimers({ config, global });
    // Creation stack traces would cost a tenth of the time, and no test needs them.
    process.env.CDK_CONTEXT_JSON ??= JSON.stringify({ 'aws:cdk:disable-creation-stack-traces': true });
  }

  async setup() {}

  async teardown() {
    this.fakeTimers.dispose();
    this.fakeTimersModern.dispose();
    restore(process, this.before.process);
    restore(process.env, propertiesOf(this.before.environment));
    restore(globalThis, this.before.global);
    // CDK adds measures at each synthesis, and never removes them.
    performance.clearMeasures();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  getVmContext() {
    return this.global;
  }
};
