import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { checkGivenName } from '../check-given-name.ts'
import { setGivenName } from '../store/given-names.ts'
import { type Asking, type ChoicesAnswer, changeByLink, type Done } from './change-by-link.ts'
import { holdReader } from './hold-reader.ts'
import type { ChoicesDeps, Found } from './view-choices.ts'

/**
 * Saves by the signed link what a reader wishes to be called; nothing typed takes the name away. Throws `invalid` for what is
 * not taken as one.
 */
export async function nameReader(
	deps: ChoicesDeps,
	{ givenName, ...asking }: Asking & { givenName: string },
): Promise<ChoicesAnswer | 'forged' | 'erased'> {
	return changeByLink(deps, asking, (tx, found) => changeGivenName(tx, found, givenName), holdReader)
}

/** Changes the name of a person who is held. Its receipt says that it was changed, never to what. Throws `invalid`. */
export async function changeGivenName(
	tx: DatabaseOrTransaction,
	{ subscription, kept }: Found,
	typed: string,
): Promise<Done> {
	const givenName = checkGivenName(typed)
	if (givenName === kept.givenName) return 'unchanged'
	await setGivenName(tx, subscription.subscriberId, givenName)
	return { action: 'named', choices: null }
}
