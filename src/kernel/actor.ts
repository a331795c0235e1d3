import type { Permission } from './permissions.ts'
import { ofAllNewsletters, permissionsOfRole, type Role } from './roles.ts'

/**
 * Who acts as staff: the operator at the command line of the machine itself, a program with an API key, or a person who
 * is signed in to the console. `scopes` is what a key may do; null stands for everything. `newsletterIds` are those that
 * a person may see; null stands for all. The schedule does by itself what settings ask for. `getsNothing`: who only asks what they
 * would get (HEAD).
 */
export type Actor = (
	| { kind: 'operator' }
	| { kind: 'schedule' }
	| { kind: 'key'; id: number; scopes: readonly Permission[] | null }
	| Member
) & { getsNothing?: boolean }

/** A person who is signed in to the console. */
export type Member = {
	kind: 'member'
	id: number
	name: string
	role: Role
	newsletterIds: readonly number[] | null
}

export const operator: Actor = { kind: 'operator' }
export const schedule: Actor = { kind: 'schedule' }

/** An actor as the audit names them, long after; what they might do is not known from it. */
export type NamedActor = { kind: 'operator' | 'schedule' } | { kind: 'key' | 'member'; id: number }

/** The name under which an actor stands in the audit: `operator`, `schedule`, `key:3` or `member:5`. */
export function actorName(actor: Actor | NamedActor): string {
	switch (actor.kind) {
		case 'operator':
		case 'schedule':
			return actor.kind
		case 'key':
			return `key:${actor.id}`
		case 'member':
			return `member:${actor.id}`
	}
}

/** Reads what `actorName` wrote, to show it; undefined where it names nobody. */
export function readActorName(name: string): NamedActor | undefined {
	if (name === 'operator' || name === 'schedule') return { kind: name }
	const [, kind, id] = /^(key|member):([1-9]\d{0,14})$/.exec(name) ?? []
	return kind === 'key' || kind === 'member' ? { kind, id: Number(id) } : undefined
}

export function mayDo(actor: Actor, permission: Permission): boolean {
	switch (actor.kind) {
		case 'operator':
		case 'schedule':
			return true
		case 'key':
			return actor.scopes === null || actor.scopes.includes(permission)
		case 'member':
			return (
				permissionsOfRole[actor.role].has(permission) &&
				(actor.newsletterIds === null || !ofAllNewsletters.has(permission))
			)
	}
}

/** Whether a newsletter, and all that is its own, is the actor's concern. */
export function maySee(actor: Actor, newsletterId: number): boolean {
	return actor.kind !== 'member' || actor.newsletterIds === null || actor.newsletterIds.includes(newsletterId)
}
