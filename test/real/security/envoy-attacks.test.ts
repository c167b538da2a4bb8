import { freePort } from '../support/loopback';
import { measurements } from '../support/router-tests';
import { ATTACKS } from './router/attacks';
import { EnvoyGateway } from './router/envoy';
import { ATTACKER, AttackLab } from './router/lab';
import { violations } from './router/rules';

const note = measurements();

/** What HTTPRoutes cannot specify: it depends on the ClientTrafficPolicy of the Gateway's operator. */
const OF_THE_GATEWAY = /^(client|forwarded host|request id|names|backend|host|expect) of /;

/** Attacks that Envoy forwards although HTTPRoutes specify otherwise or nothing, by reason. */
const PASSED_ON: Readonly<Record<string, readonly string[]>> = {
  'TRACE is a method as any other': ['TRACE', 'TRACE with Max-Forwards'],
  'every route of Envoy Gateway may become a WebSocket': [
    'WebSocket at an endpoint without it',
    'WebSocket at an endpoint with methods',
  ],
  'options of a connection stay beside the upgrade': ['WebSocket in capitals'],
  'a header that is sent twice matches by one of its values': [
    'headers X-Tier: gold and X-Tier: free',
    'headers X-Tier: free and X-Tier: gold',
    'headers x-tier: gold and X-TIER: gold',
  ],
  'controls stay encoded': ['%0d%0aX-Tier:%20gold', '%0a', '%09b', '%7f', '%1f'].map((path) => `path "/a${path}"`),
  'reserved characters match as they are written': ['path /c%3A//a'],
  'the header of a removed path passes to servers that get whole paths': ['header "X-Forwarded-Prefix: /evil"'],
  'parameters of a segment are part of its name': ['path "/a/%2e%2e;/guarded"'],
};

test('few attacks pass the rules of HTTPRoutes, behind Envoy with the listener of Envoy Gateway', async () => {
  const lab = await AttackLab.start();
  const envoy = new EnvoyGateway(lab.nextAddress(), await freePort(), lab.addresses);
  try {
    await envoy.route();
    const open: Record<string, string[]> = {};
    let [arrived, left] = [0, 0];
    for (const attack of Object.values(ATTACKS).flat()) {
      const { arrivals } = await lab.attack(envoy, attack);
      const found = arrivals.flatMap((arrival) => violations(arrival, ATTACKER));
      arrived += arrivals.length;
      left += found.filter((text) => OF_THE_GATEWAY.test(text)).length;
      const kept = found.filter((text) => !OF_THE_GATEWAY.test(text));
      if (kept.length > 0) open[attack.name] = kept;
    }
    note('requests of attacks that arrive through Envoy', `${arrived}; left to its owner: ${left} findings`);
    expect(Object.keys(open).sort()).toEqual(Object.values(PASSED_ON).flat().sort());
  } finally {
    await envoy.stop();
    await lab.dispose();
  }
});
