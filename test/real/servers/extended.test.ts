import { serverTests } from './server-tests';
import { EXTENDED } from './subjects';

// These servers are larger: each start uses a core for several seconds.
serverTests(EXTENDED, 4);
