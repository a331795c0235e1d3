import { hashToken, type Keys } from '../../kernel/keys.ts'

/** What the secret of a member's codes is sealed for. */
export function codePurpose(memberId: number): string {
	return `staff codes ${memberId}`
}

/** What is stored of a code to recover with; how it is written does not matter. */
export function recoveryHash(keys: Keys, code: string): string {
	return hashToken(keys, `recovery ${code.toLowerCase().replace(/[^a-z0-9]/g, '')}`)
}
