import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether two secrets are the same, in a time that tells nothing of where they differ or how long they are. */
export function equalSecrets(given: string | Uint8Array, expected: string | Uint8Array): boolean {
	return timingSafeEqual(digest(given), digest(expected))
}

function digest(secret: string | Uint8Array): Buffer {
	return createHash('sha256').update(secret).digest()
}
