import { type Actor, actorName } from '../../kernel/actor.ts'

/** What a receipt has in place of a page where staff did something: who it was, `staff (member:5)`. Tallies know it by its beginning. */
export function staffPage(actor: Actor): string {
	return `staff (${actorName(actor)})`
}
