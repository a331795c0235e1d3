import { AppError } from '../../kernel/app-error.ts'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import type { Log } from '../../kernel/log.ts'
import type { DigestWish } from '../../kernel/tables/digests.ts'
import { getNewsletter, lockNewsletter, type Newsletter } from '../../newsletters/index.ts'
import { addUsualProfiles } from '../../subscriptions/index.ts'
import type { Variant } from '../digest.ts'
import { languagesOf } from '../letter.ts'
import { newsletterFor } from '../newsletter-for.ts'
import { type RenderDeps, renderDigest } from '../render-digest.ts'
import { requireSender } from '../require-sender.ts'
import { type DigestBeingPlanned, getDigestBeingPlanned } from '../store/digests.ts'
import { insertVariants, selectVariantKeys } from '../store/renditions.ts'
import { chooseDigest } from './choose-digest.ts'
import { setChangedVariants } from './store/changed-readers.ts'
import { insertDigestProfiles, leaveOtherRhythm, selectDecidedProfiles } from './store/profiles.ts'

type Deps = RenderDeps & { log: Log }

/**
 * Decides for a digest what readers get whose choices are not those that it was triggered for: profiles that have come
 * since, and readers whose choices changed lately, each by what the ledger holds for them. Variants that are missing are
 * compiled. Holds the newsletter until the transaction ends, so that no other digest of it is planned meanwhile. Gives
 * since when choices count as changed: what a reader gets who changed them then is in `changed_readers`.
 */
export async function planVariants(
	deps: Deps,
	tx: DatabaseOrTransaction,
	digestId: number,
): Promise<{ changedSince: Date; kind: Rhythm; hasRoundUp: boolean; corrects: number | null }> {
	const digest = await getDigestBeingPlanned(tx, digestId)
	await lockNewsletter(tx, digest.newsletterId)
	const { kind, corrects } = digest
	const kept = await getNewsletter({ db: tx }, { id: digest.newsletterId })
	// one whose round-up was ended meanwhile is for nobody
	const edition = { kind, now: digest.createdAt }
	const newsletter = kept.roundUp ? await newsletterFor(tx, kept, edition) : kept
	if (corrects === null) await leaveOtherRhythm(tx, digestId, { kind, hasRoundUp: kept.roundUp !== null })
	const locales = newsletter.texts.map(({ locale }) => locale)
	await addUsualProfiles(tx, newsletter.id, locales, kind)
	const chosen = await chooseDigest(tx, newsletter, {
		now: digest.createdAt,
		kind,
		storyIds: digest.wish?.storyIds,
		own: digest.wish?.own,
		edits: digest.wish?.edits,
		again: digest.wish?.again,
		letterIn: digest.isLetter ? languagesOf(digest.wish ?? {}) : undefined,
		corrects,
		planning: digest,
	})

	const decided = await selectDecidedProfiles(tx, digestId)
	const newProfiles = chosen.profiles.filter(({ profile }) => profile.id !== null && !decided.has(profile.id))
	const keys = new Set([...newProfiles, ...chosen.groups].flatMap(({ key }) => key ?? []))
	const wanted = new Map([...chosen.variants].filter(([key]) => keys.has(key)))
	const variantIds = await makeMissing(deps, tx, { digest, newsletter, wanted })

	const idOf = (key: string | undefined) => (key === undefined ? null : (variantIds.get(key) ?? null))
	const profiles = newProfiles.flatMap(({ profile, key }) =>
		profile.id === null ? [] : [{ profileId: profile.id, variantId: idOf(key) }],
	)
	await insertDigestProfiles(tx, digestId, profiles)
	const groups = chosen.groups.flatMap(({ profile, had, key }) =>
		profile.id === null ? [] : [{ profileId: profile.id, had, variantId: idOf(key) }],
	)
	await setChangedVariants(tx, digestId, groups)
	const changedSince = chosen.changedSince ?? digest.createdAt
	return { changedSince, kind, hasRoundUp: kept.roundUp !== null, corrects }
}

/** What staff wanted it to say. */
function wordsOf({
	wish,
}: DigestBeingPlanned): Pick<DigestWish, 'subject' | 'preheader' | 'introduction' | 'edits'> {
	const { storyIds: _, own: __, again: ___, ...words } = wish ?? {}
	return words
}

type Making = {
	digest: DigestBeingPlanned
	newsletter: Newsletter
	wanted: ReadonlyMap<string, Variant>
}

/** Gives the ids of variants by key; one that can't be compiled has none, and its stories wait for the next digest. */
async function makeMissing(
	deps: Deps,
	tx: DatabaseOrTransaction,
	{ digest, newsletter, wanted }: Making,
): Promise<Map<string, number>> {
	const ids = await selectVariantKeys(tx, digest.id)
	for (const [key, variant] of wanted) {
		if (ids.has(key)) continue
		try {
			const renditions = await renderDigest(deps, requireSender(newsletter), [variant], {
				now: digest.createdAt,
				publicId: digest.publicId,
				...wordsOf(digest),
			})
			for (const id of await insertVariants(tx, digest.id, renditions)) ids.set(key, id)
		} catch (error) {
			if (!(error instanceof AppError)) throw error
			deps.log.warn(
				{ digestId: digest.id, err: error },
				'a variant of a digest could not be made when it was planned',
			)
		}
	}
	return ids
}
