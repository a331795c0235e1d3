import type { Permission } from './permissions.ts'

/**
 * Who acts as staff: the operator at the command line of the machine itself, or a program with an API key. `scopes` is
 * what a key may do; null stands for everything.
 */
export type Actor = { kind: 'operator' } | { kind: 'key'; id: number; scopes: readonly Permission[] | null }

export const operator: Actor = { kind: 'operator' }

/** The name under which an actor stands in the audit: `operator`, or `key:3`. */
export function actorName(actor: Actor): string {
	switch (actor.kind) {
		case 'operator':
			return 'operator'
		case 'key':
			return `key:${actor.id}`
	}
}

export function mayDo(actor: Actor, permission: Permission): boolean {
	switch (actor.kind) {
		case 'operator':
			return true
		case 'key':
			return actor.scopes === null || actor.scopes.includes(permission)
	}
}
