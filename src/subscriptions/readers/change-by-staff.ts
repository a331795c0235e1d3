import { recordAudit } from '../../audit/index.ts'
import type { Actor } from '../../kernel/actor.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Database, DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Rhythm, UntranslatedRule } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import { checkTopics, listTopics } from '../../newsletters/index.ts'
import type { Done } from '../choices/change-by-link.ts'
import { changeGivenName } from '../choices/change-given-name.ts'
import type { ChoicesWish } from '../choices/decide-choices.ts'
import { holdReader } from '../choices/hold-reader.ts'
import { changePause } from '../choices/pause-reader.ts'
import { changeChoices } from '../choices/save-choices.ts'
import type { Found } from '../choices/view-choices.ts'
import { recordChange } from '../record-change.ts'
import { getPerson } from './show-reader.ts'
import { staffPage } from './staff-page.ts'
import { selectPersonsSubscriptions } from './store/persons.ts'

/** What staff changes for a person, at their wish; what is not given stays as it is. */
export type ReaderChanges = {
	locale?: Locale | undefined
	/** By slug; those that are not named are left out. */
	topics?: readonly string[] | undefined
	/** Whether topics to come are wanted too. */
	newTopics?: boolean | undefined
	untranslated?: UntranslatedRule | undefined
	rhythm?: Rhythm | undefined
	/** Null ends a pause. */
	pausedUntil?: Date | null | undefined
	/** As typed; null, or nothing typed, takes it away. It counts for all newsletters. */
	givenName?: string | null | undefined
}

/**
 * Changes what a person gets of a newsletter, with receipts that say who did it and an entry in the audit. Gives whether anything was changed.
 * Throws `not_found` for a person or a newsletter that they do not get, and `invalid` as the person's own page does.
 */
export async function changeByStaff(
	deps: { db: Database; clock: Clock },
	{ id, newsletter }: { id: number; newsletter: string },
	{ pausedUntil, givenName, ...choices }: ReaderChanges,
	actor: Actor,
): Promise<{ changed: boolean }> {
	const now = deps.clock.now()
	return deps.db.transaction().execute(async (tx) => {
		await getPerson(tx, id)
		const found = await findActive(tx, id, newsletter)
		const done: Done[] = []
		if (Object.values(choices).some((given) => given !== undefined)) {
			const wish = await toWish(tx, found, choices)
			done.push(await changeChoices(tx, found, { wish, version: undefined, now }))
		}
		if (pausedUntil !== undefined) done.push(await changePause(tx, found, pausedUntil, now))
		if (givenName !== undefined) done.push(await changeGivenName(tx, found, givenName ?? ''))
		let changed = false
		for (const each of done) {
			if (typeof each === 'string') continue
			changed = true
			const change = { ...each, page: staffPage(actor), digestId: 0, ip: null, at: now }
			await recordChange(tx, found.subscription, change)
		}
		const entry = { action: 'change' as const, subject: `subscriber:${id}`, detail: newsletter }
		if (changed) await recordAudit({ ...deps, db: tx }, { actor, ...entry })
		return { changed }
	})
}

async function findActive(tx: DatabaseOrTransaction, id: number, newsletter: string): Promise<Found> {
	const all = await selectPersonsSubscriptions(tx, [id])
	const own = all.find((each) => each.newsletter === newsletter && each.state === 'active')
	const found = own && (await holdReader(tx, own.id))
	if (!found) throw new AppError('not_found', 'errors.reader.not_subscribed', { params: { newsletter } })
	return found
}

async function toWish(
	tx: DatabaseOrTransaction,
	{ subscription, kept: { choices } }: Found,
	{ topics: named, newTopics, ...others }: Omit<ReaderChanges, 'pausedUntil' | 'givenName'>,
): Promise<ChoicesWish> {
	await checkTopics(tx, subscription.newsletterId, named)
	const topics = (await listTopics({ db: tx }, subscription.newsletterId)).filter(
		({ archivedAt }) => archivedAt === null,
	)
	const chosen = topics.filter((topic) => choices.topicIds.includes(topic.id) !== choices.allTopics)
	return {
		offered: topics.map(({ slug }) => slug),
		topics: named ?? chosen.map(({ slug }) => slug),
		newTopics: newTopics ?? (named === undefined && choices.allTopics),
		...others,
	}
}
