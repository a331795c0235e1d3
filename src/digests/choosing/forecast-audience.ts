import type { Locale } from '../../kernel/messages.ts'
import type { Variant } from '../digest.ts'
import type { Chosen, GroupChoice, ProfileChoice } from './choose-digest.ts'

/** How many readers would get which variant, and how many nothing, by reason. */
export type ForecastAudience = {
	variants: Array<{ locale: Locale; readers: number; stories: Array<{ id: number; title: string }> }>
	excluded: Record<string, number>
}

/** Sums up who would get what of a digest; variants without readers are left out, most readers come first. */
export function forecastAudience({
	profiles,
	groups,
	variants,
	counts,
	ofOtherRhythm,
}: Chosen): ForecastAudience {
	const shares = sharesOf(profiles, groups)
	const read = readersOfVariants({ profiles, groups, variants })
	const excluded: Record<string, number> = {}
	const exclude = (reason: string, count: number) => {
		if (count > 0) excluded[reason] = (excluded[reason] ?? 0) + count
	}
	for (const { key, readers, isUsual } of shares) {
		if (key === undefined) exclude(isUsual ? 'no_rendition' : 'nothing_for_choices', readers)
	}
	for (const { reason, count } of counts) if (reason !== null) exclude(reason, count)
	const mailable = counts.reduce((sum, { reason, count }) => sum + (reason === null ? count : 0), 0)
	exclude('other_rhythm', ofOtherRhythm)
	// readers of a language that the newsletter does not have any more
	exclude('no_rendition', mailable - ofOtherRhythm - shares.reduce((sum, { readers }) => sum + readers, 0))

	return {
		variants: read.map(({ variant: { locale, stories }, readers }) => ({
			locale,
			readers,
			stories: stories.map(({ id, title }) => ({ id, title })),
		})),
		excluded,
	}
}

/** The variants that have readers, the most read first. */
export function readersOfVariants({
	profiles,
	groups,
	variants,
}: Pick<Chosen, 'profiles' | 'groups' | 'variants'>): Array<{ variant: Variant; readers: number }> {
	const readersOf = new Map<string, number>()
	for (const { key, readers } of sharesOf(profiles, groups)) {
		if (key !== undefined) readersOf.set(key, (readersOf.get(key) ?? 0) + readers)
	}
	return [...variants]
		.map(([key, variant]) => ({ variant, readers: readersOf.get(key) ?? 0 }))
		.filter(({ readers }) => readers > 0)
		.toSorted((a, b) => b.readers - a.readers)
}

type Share = { key: string | undefined; readers: number; isUsual: boolean }

/** A profile has its readers less those whose choices changed lately. */
function sharesOf(profiles: readonly ProfileChoice[], groups: readonly GroupChoice[]): Share[] {
	const apart = new Map<unknown, number>()
	for (const { profile, readers } of groups) apart.set(profile, (apart.get(profile) ?? 0) + readers)
	return [
		...profiles.map(({ profile, key }) => ({
			key,
			readers: profile.readers - (apart.get(profile) ?? 0),
			isUsual: profile.isUsual,
		})),
		...groups.map(({ key, readers }) => ({ key, readers, isUsual: false })),
	]
}
