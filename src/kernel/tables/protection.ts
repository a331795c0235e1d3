import type { Generated } from 'kysely'

/** What the caps on sign-ups keep back, while that goes on. */
export type SignupAttacksTable = {
	id: Generated<number>
	began_at: Date
	last_at: Date
	hour_from: Date
	hour_tries: number
	/** When staff was told of it; null while it is too little to be an attack. */
	told_at: Date | null
}

export type SignupAttackCountsTable = {
	attack_id: number
	kind: 'cap' | 'domain' | 'network'
	/** Of a network its keyed hash. */
	name: string
	tries: number
}
