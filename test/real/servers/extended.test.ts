import { serverTests } from './server-tests';
import { EXTENDED } from './subjects';

// They are bigger: starting one takes a core for some seconds.
serverTests(EXTENDED, 4);
