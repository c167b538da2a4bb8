import { proveChain } from './prove';
import { NGINX } from './proxies';

proveChain(NGINX);
