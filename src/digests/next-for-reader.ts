import type { Clock } from '../kernel/clock.ts'
import type { DatabaseOrTransaction } from '../kernel/database.ts'
import type { Locale } from '../kernel/messages.ts'
import { getNewsletter } from '../newsletters/index.ts'
import { type Chosen, chooseDigest, isProfileOf } from './choosing/choose-digest.ts'
import { readersOfVariants } from './choosing/forecast-audience.ts'
import { selectChangedGroups } from './choosing/store/changed-readers.ts'
import { type OneReader, selectOneReader } from './choosing/store/one-reader.ts'
import { newsletterFor, rhythmOf } from './newsletter-for.ts'
import { choosingOf, type PreviewOptions } from './preview-digest.ts'
import { variantKey } from './variant-key.ts'
import { withEdits } from './with-edits.ts'

/**
 * What one reader would get of a digest: `index` is the variant's, as `previewVariant` counts them; or why nothing, by the
 * words that a digest's sums have.
 */
export type NextForReader =
	| { kind: 'gets'; index: number; locale: Locale; titles: string[] }
	| { kind: 'nothing'; why: string }

/**
 * What a reader would get of the next digest, or of a draft by what it wishes, were it sent now. Undefined where the person has
 * never signed up to the newsletter.
 */
export async function nextForReader(
	{ db, clock }: { db: DatabaseOrTransaction; clock: Clock },
	{ newsletterId, subscriberId }: { newsletterId: number; subscriberId: number },
	options: PreviewOptions,
): Promise<NextForReader | undefined> {
	const reader = await selectOneReader(db, { newsletterId, subscriberId })
	if (!reader) return undefined
	if (reader.why) return { kind: 'nothing', why: reader.why }
	const now = clock.now()
	const { kind = 'each' } = options
	const kept = await getNewsletter({ db }, { id: newsletterId })
	if (rhythmOf(reader.rhythm, kept) !== kind) return { kind: 'nothing', why: 'other_rhythm' }
	const newsletter = await newsletterFor(db, kept, { kind, now })
	const chosen = await chooseDigest(db, newsletter, { now, ...choosingOf(options) })
	if (chosen.variants.size === 0) return { kind: 'nothing', why: 'nothing_new' }
	const key = await keyOf(db, chosen, reader)
	const index = readersOfVariants(chosen).findIndex(({ variant }) => variantKey(variant) === key)
	const variant = key === undefined ? undefined : chosen.variants.get(key)
	if (!variant || index < 0) return { kind: 'nothing', why: 'nothing_for_choices' }
	const titles = withEdits(variant.stories, options.edits, variant.locale).map(({ title }) => title)
	return { kind: 'gets', index, locale: variant.locale, titles }
}

/** Whose choices changed lately is apart from who always had them. */
async function keyOf(
	db: DatabaseOrTransaction,
	chosen: Chosen,
	reader: OneReader,
): Promise<string | undefined> {
	const { subscriptionId } = reader
	const [apart] = chosen.changed ? await selectChangedGroups(db, { ...chosen.changed, subscriptionId }) : []
	if (!apart) return chosen.profiles.find(({ profile }) => isProfileOf(reader)(profile))?.key
	const isTheirs = isProfileOf(apart)
	return chosen.groups.find(({ profile, had }) => isTheirs(profile) && had.join() === apart.had.join())?.key
}
