import type { Permission } from './permissions.ts'

/**
 * Who acts as staff: the operator at the command line of the machine itself, or a program with an API key. `scopes` is
 * what a key may do; null stands for everything. The schedule does by itself what settings ask for.
 */
export type Actor =
	| { kind: 'operator' }
	| { kind: 'schedule' }
	| { kind: 'key'; id: number; scopes: readonly Permission[] | null }

export const operator: Actor = { kind: 'operator' }
export const schedule: Actor = { kind: 'schedule' }

/** The name under which an actor stands in the audit: `operator`, `schedule`, or `key:3`. */
export function actorName(actor: Actor): string {
	switch (actor.kind) {
		case 'operator':
		case 'schedule':
			return actor.kind
		case 'key':
			return `key:${actor.id}`
	}
}

export function mayDo(actor: Actor, permission: Permission): boolean {
	switch (actor.kind) {
		case 'operator':
		case 'schedule':
			return true
		case 'key':
			return actor.scopes === null || actor.scopes.includes(permission)
	}
}
