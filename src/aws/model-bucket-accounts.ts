import type { Construct } from 'constructs';
import { ServingError } from '../private/errors';
import { isUnresolved } from '../private/tokens';

/** Stands for every account. */
export const ANY_ACCOUNT = '*';

/** Checks that each of the accounts is one, or any. */
export function checkModelBucketAccounts(accounts: string[] | undefined, at: Construct): void {
  if (accounts?.length === 0) {
    throw new ServingError(
      'EmptyList',
      "'modelBucketAccounts' ([]) must name at least one account; leave it out for the account of the stack",
      at,
    );
  }
  const invalid = accounts?.find((account) => !isUnresolved(account) && !/^(\d{12}|\*)$/.test(account));
  if (invalid === undefined) return;
  throw new ServingError(
    'InvalidAccount',
    `'modelBucketAccounts' ('${invalid}') must be account IDs of 12 digits such as '123456789012', or '${ANY_ACCOUNT}' for every account`,
    at,
  );
}
