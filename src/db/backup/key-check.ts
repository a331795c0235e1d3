import type { Keys } from '../../kernel/keys.ts'

/** What tells two secret keys apart, without telling anything of them. */
export function keyCheckOf({ hashing }: Pick<Keys, 'hashing'>): string {
	return hashing('key check of backups', 'hex').slice(0, 16)
}
