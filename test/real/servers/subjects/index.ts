import type { Subject } from '../subject';
import { LITSERVE } from './litserve';
import { MODEL_SERVERS } from './model-servers';
import { PROGRAMS } from './programs';
import { PYTHON_APPLICATIONS } from './python-applications';

/** Servers that are small enough to be measured first. */
export const CORE: readonly Subject[] = [...PYTHON_APPLICATIONS, ...PROGRAMS, LITSERVE];

/** Model servers with environments of their own. */
export const EXTENDED: readonly Subject[] = MODEL_SERVERS;
