import { proveChain } from './prove';
import { HAPROXY } from './proxies';

proveChain(HAPROXY);
