import type { ReadyMessage } from '../../kernel/mail.ts'
import type { Composer } from '../create-composer.ts'
import type { Claimed } from '../store/claims.ts'

/** So many messages are made before their turn comes … */
const mostAhead = 16
/** … and made anew after so long, as they carry the time. */
const freshMs = 10_000

export type ReadyRow = {
	row: Claimed
	claimedAt: number
	ahead?: { message: Promise<ReadyMessage>; madeAt: number }
}

export class MessagesAhead {
	readonly #compose: Composer
	readonly #sign: (message: ReadyMessage) => Promise<ReadyMessage>

	constructor(compose: Composer, sign: (message: ReadyMessage) => Promise<ReadyMessage>) {
		this.#compose = compose
		this.#sign = sign
	}

	makeNext(rows: readonly ReadyRow[]): void {
		for (const ready of rows.slice(0, mostAhead)) {
			if (isFresh(ready)) continue
			try {
				ready.ahead = { message: this.#sign(this.#compose(ready.row)), madeAt: performance.now() }
			} catch {
				// fails again, and is logged, when its turn comes
				delete ready.ahead
			}
		}
	}

	/** Throws where the message can't be composed. */
	take(ready: ReadyRow): ReadyMessage | Promise<ReadyMessage> {
		return isFresh(ready) ? ready.ahead.message : this.#compose(ready.row)
	}
}

function isFresh(ready: ReadyRow): ready is Required<ReadyRow> {
	return ready.ahead !== undefined && performance.now() - ready.ahead.madeAt < freshMs
}
