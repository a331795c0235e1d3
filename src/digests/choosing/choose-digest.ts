import type { DatabaseOrTransaction } from '../../kernel/database.ts'
import type { Rhythm } from '../../kernel/enumerations.ts'
import type { Locale } from '../../kernel/messages.ts'
import type { Newsletter } from '../../newsletters/index.ts'
import { type ChoiceCount, countByChoices } from '../../subscriptions/index.ts'
import type { Variant } from '../digest.ts'
import { rhythmOf } from '../newsletter-for.ts'
import { withPictureSizes } from '../pictures/measure-pictures.ts'
import { variantKey } from '../variant-key.ts'
import { type Choices, chooseForProfile, type Pool } from './choose-for-profile.ts'
import { type Choosing, groupsById, readPool } from './read-pool.ts'
import {
	type ChangedGroup,
	keepChangedReaders,
	type Shown,
	selectChangedGroups,
	selectShown,
	selectShownBy,
	type Wanted,
} from './store/changed-readers.ts'
import { selectHad, selectProfiles } from './store/profiles.ts'
import { countWhoHas } from './store/who-has.ts'

/** `id` null: readers who chose nothing, before their profile is kept. */
export type Profile = Choices & { id: number | null; isUsual: boolean; readers: number }

/** What the readers of a profile get: `key` is of `variants`, undefined where there is nothing for them. */
export type ProfileChoice = { profile: Profile; key: string | undefined }

/** What readers get whose profile does not tell what they had. `had`: ids of variants. */
export type GroupChoice = {
	profile: Profile
	had: readonly number[]
	readers: number
	key: string | undefined
}

export type Chosen = {
	/** Those of readers who chose nothing come first, in the order of the newsletter's languages. */
	profiles: readonly ProfileChoice[]
	groups: readonly GroupChoice[]
	/** Each once, by `variantKey` of what was chosen. */
	variants: ReadonlyMap<string, Variant>
	counts: readonly ChoiceCount[]
	/** How many readers want digests of the other kind. */
	ofOtherRhythm: number
	/** Whose choices changed at this moment or later is in `groups`. */
	changedSince: Date | undefined
	/** How those of `groups` are found. */
	changed: Wanted | undefined
}

/** A digest that exists and is being planned: it is none of those that readers had, and keeps who changed. */
type Planning = { id: number; createdAt: Date }

export type ChoosingWish = Choosing & {
	/** Which readers it is for. */
	kind: Rhythm
	planning?: Planning
	/** Stories that staff chose anew: readers get them again who had them. */
	again?: readonly number[] | undefined
	/** The languages that a letter is written in: readers of those get it without any story, too. */
	letterIn?: readonly Locale[] | undefined
	/** The digest whose readers alone get it, however often they want one; null or missing: all. */
	corrects?: number | null | undefined
	/** Leaves readers out whose choices changed lately: they take longer, and their stories are hardly other ones. */
	onlyProfiles?: boolean
}

const nobodyChanged: Changed = { since: undefined, groups: [], storiesOf: new Map(), wanted: undefined }

/**
 * Chooses the stories of a digest for every profile of the newsletter that has readers, for those who chose nothing in
 * each language, and for readers whose choices changed lately. Throws `invalid` where staff chose stories that the
 * newsletter does not have.
 */
export async function chooseDigest(
	db: DatabaseOrTransaction,
	newsletter: Newsletter,
	{
		planning,
		onlyProfiles = false,
		kind,
		letterIn = [],
		corrects = null,
		again = [],
		unknownIsFine = planning !== undefined,
		...choosing
	}: ChoosingWish,
): Promise<Chosen> {
	const pool = await readPool(db, newsletter, { ...choosing, unknownIsFine })
	const groups = groupsById(pool)
	const stories = { storyIds: [...groups.keys()], digestId: planning?.id }
	const counts = corrects === null ? await countByChoices(db, newsletter.id) : await countWhoHas(db, corrects)
	const { profiles, ofOtherRhythm } = await findProfiles(db, newsletter, {
		counts,
		kind,
		isForAny: corrects !== null,
	})
	const had = await selectHad(db, stories)
	const changed = onlyProfiles ? nobodyChanged : await findChanged(db, newsletter.id, stories, planning)

	const variants = new Map<string, Variant>()
	const anew = new Set(again.flatMap((id) => groups.get(id) ?? []))
	const choose = (profile: Profile, hadIds: readonly number[]) => {
		const hadGroups = hadIds.flatMap((id) => groups.get(id) ?? []).filter((group) => !anew.has(group))
		return keep(variants, chooseVariant(pool, profile, new Set(hadGroups)), letterIn)
	}
	const wanted = profiles.filter(({ readers, isUsual }) => isUsual || readers > 0)
	const forProfiles = wanted.map((profile) => ({
		profile,
		key: choose(profile, had.get(profile.id ?? 0) ?? []),
	}))
	const forGroups = changed.groups.flatMap(({ count: readers, had: variantIds, ...group }) => {
		const profile = profiles.find(isProfileOf(group))
		if (!profile) return []
		const hadIds = variantIds.flatMap((id) => changed.storiesOf.get(id) ?? [])
		return [{ profile, had: variantIds, readers, key: choose(profile, hadIds) }]
	})
	const sized = await withPictureSizes(db, [...variants.values()])
	return {
		profiles: forProfiles,
		groups: forGroups,
		variants: new Map([...variants.keys()].map((key, index) => [key, sized[index] as Variant])),
		counts,
		ofOtherRhythm,
		changedSince: changed.since,
		changed: changed.wanted,
	}
}

function chooseVariant(pool: Pool, profile: Profile, had: ReadonlySet<number>): Variant {
	return { locale: profile.locale, stories: chooseForProfile(pool, profile, had) }
}

function keep(
	variants: Map<string, Variant>,
	variant: Variant,
	letterIn: readonly Locale[],
): string | undefined {
	if (variant.stories.length === 0 && !letterIn.includes(variant.locale)) return undefined
	const key = variantKey(variant)
	if (!variants.has(key)) variants.set(key, variant)
	return key
}

type Holder = { profileId: number | null; locale: Locale }

/** Whether a profile is that of a reader, or of a group of them. */
export function isProfileOf({ profileId, locale }: Holder) {
	return (profile: Omit<Profile, 'readers'>) =>
		profileId === null
			? profile.isUsual && profile.rhythm === 'each' && profile.locale === locale
			: profile.id === profileId
}

/** Those of readers who want digests of a kind, or of any, in languages that the newsletter has. */
async function findProfiles(
	db: DatabaseOrTransaction,
	{ id, texts, roundUp }: Newsletter,
	{ counts, kind, isForAny }: { counts: readonly ChoiceCount[]; kind: Rhythm; isForAny: boolean },
): Promise<{ profiles: Profile[]; ofOtherRhythm: number }> {
	const mailable = counts.filter(({ reason }) => reason === null)
	const ids = mailable.flatMap(({ profileId }) => profileId ?? [])
	const known = (await selectProfiles(db, id, ids)).map((profile) => ({
		...profile,
		isUsual:
			profile.allTopics &&
			profile.topicIds.length === 0 &&
			profile.untranslated === null &&
			profile.rhythm === kind,
	}))
	const usual: Array<Omit<Profile, 'readers'>> = texts.map(({ locale }) => {
		const made = known.find((each) => each.isUsual && each.locale === locale)
		return (
			made ?? {
				id: null,
				locale,
				allTopics: true,
				topicIds: [],
				untranslated: null,
				rhythm: kind,
				isUsual: true,
			}
		)
	})
	const locales = texts.map(({ locale }) => locale)
	const isOfKind = ({ rhythm }: { rhythm: Rhythm }) => isForAny || rhythmOf(rhythm, { roundUp }) === kind
	const others = known.filter((each) => !each.isUsual && isOfKind(each) && locales.includes(each.locale))
	const profiles = [...usual, ...others].map((profile) => {
		const own = mailable.filter((count) => isProfileOf(count)(profile))
		return { ...profile, readers: sumOf(own) }
	})
	const elsewhere = mailable.filter(({ profileId }) => {
		const profile = known.find((each) => each.id === profileId)
		return !isOfKind(profile ?? { rhythm: 'each' })
	})
	return { profiles, ofOtherRhythm: sumOf(elsewhere) }
}

function sumOf(counts: readonly ChoiceCount[]): number {
	return counts.reduce((sum, { count }) => sum + count, 0)
}

type Changed = {
	since: Date | undefined
	groups: ChangedGroup[]
	storiesOf: Shown['storiesOf']
	wanted: Wanted | undefined
}

async function findChanged(
	db: DatabaseOrTransaction,
	newsletterId: number,
	{ storyIds, digestId }: { storyIds: readonly number[]; digestId: number | undefined },
	planning: Planning | undefined,
): Promise<Changed> {
	// a story of a profile's variant may have been hidden since: who had it must not get it again
	const own = planning ? await selectShownBy(db, planning.id) : []
	const { digestIds, storiesOf, ...shown } = await selectShown(db, {
		storyIds: [...storyIds, ...own],
		digestId,
	})
	const since = earlier(shown.since, planning?.createdAt)
	if (!since) return { since, groups: [], storiesOf, wanted: undefined }
	const wanted = { newsletterId, digestIds, variantIds: [...storiesOf.keys()], since }
	const groups = planning
		? await keepChangedReaders(db, planning.id, wanted)
		: await selectChangedGroups(db, wanted)
	return { since, groups, storiesOf, wanted }
}

function earlier(a: Date | undefined, b: Date | undefined): Date | undefined {
	return a && b ? (a < b ? a : b) : (a ?? b)
}
