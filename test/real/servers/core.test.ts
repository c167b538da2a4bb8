import { serverTests } from './server-tests';
import { CORE } from './subjects';

serverTests(CORE, 6);
