import type { Construct } from 'constructs';
import { ServingError } from '../private/errors';
import { isUnresolved } from '../private/tokens';

/** Allows every account. */
export const ANY_ACCOUNT = '*';

/** Checks that each entry is an account ID or `*`. */
export function checkModelBucketAccounts(accounts: string[] | undefined, at: Construct): void {
  if (accounts?.length === 0) {
    throw new ServingError(
      'EmptyList',
      "'modelBucketAccounts' ([]) must have at least one account; remove it to allow only the account of the stack",
      at,
    );
  }
  const invalid = accounts?.find((account) => !isUnresolved(account) && !/^(\d{12}|\*)$/.test(account));
  if (invalid === undefined) return;
  throw new ServingError(
    'InvalidAccount',
    `'modelBucketAccounts' ('${invalid}') must be 12-digit account IDs, such as '123456789012', or '${ANY_ACCOUNT}' for every account`,
    at,
  );
}
