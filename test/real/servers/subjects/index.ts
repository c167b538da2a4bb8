import type { Subject } from '../subject';
import { LITSERVE } from './litserve';
import { MODEL_SERVERS } from './model-servers';
import { PROGRAMS } from './programs';
import { PYTHON_APPLICATIONS } from './python-applications';

/** Small servers, which are measured first. */
export const CORE: readonly Subject[] = [...PYTHON_APPLICATIONS, ...PROGRAMS, LITSERVE];

/** Model servers, each with a separate environment. */
export const EXTENDED: readonly Subject[] = MODEL_SERVERS;
