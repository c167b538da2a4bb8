import { HEADERS } from './headers';
import { HOSTS } from './hosts';
import { METHODS } from './methods';
import { PATHS } from './paths';
import { SMUGGLING } from './smuggling';
import { UPGRADES } from './upgrades';

/** All attacks, by kind. */
export const ATTACKS = { SMUGGLING, UPGRADES, PATHS, HOSTS, HEADERS, METHODS } as const;
