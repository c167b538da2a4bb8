import { proveChain } from './prove';
import { ENVOY } from './proxies';

proveChain(ENVOY);
