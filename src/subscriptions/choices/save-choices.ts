import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import { getNewsletter, listTopics, type Topic } from '../../newsletters/index.ts'
import { type Asking, type ChoicesAnswer, changeByLink, type Done } from './change-by-link.ts'
import { areSame, type Choices, type ChoicesWish, decideChoices } from './decide-choices.ts'
import { putChoices } from './store.ts'
import type { ChoicesDeps, Found } from './view-choices.ts'

/**
 * Saves what a reader chose, by the signed link. `version` is that of the choices that the page showed: where they have
 * changed since, to others than these, nothing is saved. Throws `invalid` for a language or topics that can't be.
 */
export async function saveChoices(
	deps: ChoicesDeps,
	{ wish, version, ...asking }: Asking & { wish: ChoicesWish; version: number | undefined },
): Promise<ChoicesAnswer | 'forged' | 'erased'> {
	return changeByLink(deps, asking, (tx, found, now) => changeChoices(tx, found, { wish, version, now }))
}

type Change = { wish: ChoicesWish; version: number | undefined; now: Date }

/** Changes the choices of a subscription that is locked. */
export async function changeChoices(
	tx: DatabaseOrTransaction,
	{ subscription, kept }: Found,
	{ wish, version, now }: Change,
): Promise<Done> {
	const newsletter = await getNewsletter({ db: tx }, { id: subscription.newsletterId })
	const topics = await listTopics({ db: tx }, newsletter.id)
	const choices = decideChoices(kept.choices, wish, { newsletter, topics })
	if (areSame(choices, kept.choices)) return 'unchanged'
	if (version !== undefined && version !== kept.version) return 'stale'
	await putChoices(tx, { subscriptionId: subscription.id, newsletterId: newsletter.id, now }, choices)
	return { action: 'chosen', choices: describeChoices(choices, topics) }
}

/** As a receipt keeps them: topics by the names that never change. */
function describeChoices(
	{ locale, allTopics, topicIds, untranslated, rhythm }: Choices,
	topics: readonly Topic[],
) {
	const named = topics.filter(({ id }) => topicIds.includes(id)).map(({ slug }) => slug)
	return {
		locale,
		allTopics,
		topics: allTopics ? [] : named,
		leftOut: allTopics ? named : [],
		untranslated,
		rhythm,
	}
}
