import type { Clock } from '../../kernel/clock.ts'
import type { Repetition } from '../../kernel/cron.ts'
import type { Rhythm, UntranslatedRule } from '../../kernel/enumerations.ts'
import { formatDay, formatWeekday } from '../../kernel/format-day.ts'
import type { Locale } from '../../kernel/messages.ts'
import {
	asksGivenName,
	datesOf,
	type Newsletter,
	nextGoing,
	type Topic,
	textIn,
} from '../../newsletters/index.ts'
import type { ChoicesView } from '../../subscriptions/index.ts'
import type { ErrorBody } from '../server/answer-error.ts'
import { nameOfLanguage, pathOf } from './describe-newsletter.ts'
import type { PreferencesForm } from './preferences-input.ts'

/** A topic as a form offers it, in the language of the page or the one that it has. */
export type TopicOption = { slug: string; name: string; description: string; locale: Locale; chosen: boolean }

/** What the page of a reader's choices shows, beside what every page of a link shows. */
export type Preferences = {
	topics: TopicOption[]
	newTopics: boolean
	/** The languages of digests; empty where there is but one. */
	digestLanguages: Array<{ locale: Locale; name: string; chosen: boolean }>
	untranslated: UntranslatedRule
	/** What is chosen, and when each kind comes, as people say it; null where the newsletter has no round-up. */
	rhythm: { chosen: Rhythm; times: Record<Rhythm, string | null> } | null
	version: number
	/** What the reader is called, or wishes to be, as typed; null where nobody asks and none is known. */
	givenName: string | null
	/** The day on which a pause ends. */
	pausedUntil: string | null
	/** What has just been done. */
	news: 'saved' | 'stale' | 'paused' | 'resumed' | null
	/** The day of the next digest, where a schedule says it. */
	nextDay: string | null
	/** What was asked for and not saved, where the choices had been changed elsewhere. */
	differences: string[]
	/** Where the form that leaves this newsletter is sent to. */
	leave: string
	/** Whether there are several newsletters to leave. */
	severalNewsletters: boolean
	/** Newsletters that the reader does not get. */
	others: Array<{ name: string; path: string }>
	/** A new address as it was typed, where it can't be. */
	email: string
	problem?: ErrorBody | undefined
}

type Setting = {
	newsletter: Newsletter
	all: readonly Newsletter[]
	/** Of the page. */
	locale: Locale
	/** Newsletters that the reader gets, by slug. */
	subscribed: readonly string[]
	leave: string
	clock: Clock
}

type Shown = {
	news?: Preferences['news']
	/** A form that could not be saved, shown again as it was filled. */
	form?: PreferencesForm | undefined
	problem?: ErrorBody | undefined
	email?: string
	givenName?: string | undefined
}

/** Fills the page. */
export function describePreferences(
	view: ChoicesView,
	{ newsletter, all, locale, subscribed, leave, clock }: Setting,
	{ news = null, form, problem, email = '', givenName }: Shown,
): Preferences {
	const filled = problem ? form : undefined
	const { choices } = view
	const isChosen = ({ id, slug }: Topic) =>
		filled ? filled.topics.includes(slug) : choices.topicIds.includes(id) !== choices.allTopics
	const language = filled?.language ?? choices.locale
	const locales = newsletter.texts.map((text) => text.locale)
	const others = all.filter(({ slug }) => !subscribed.includes(slug))
	const now = clock.now()
	const getsRoundUp = newsletter.roundUp !== null && choices.rhythm === 'round_up'
	const schedule = getsRoundUp ? newsletter.roundUp : newsletter.schedule
	const preferences: Preferences = {
		topics: view.topics.map((topic) => ({
			...topicTextIn(topic, locale, newsletter),
			chosen: isChosen(topic),
		})),
		newTopics: filled ? filled.new_topics !== undefined : choices.allTopics,
		digestLanguages:
			locales.length < 2
				? []
				: locales.map((each) => ({ locale: each, name: nameOfLanguage(each), chosen: each === language })),
		untranslated: filled?.untranslated ?? choices.untranslated ?? newsletter.untranslated,
		rhythm: newsletter.roundUp && {
			chosen: filled?.rhythm ?? choices.rhythm,
			times: {
				each: nextDayOf(newsletter.schedule, newsletter, locale, now),
				round_up: nextDayOf(newsletter.roundUp, newsletter, locale, now),
			},
		},
		version: view.version,
		givenName: givenName ?? view.givenName ?? (asksGivenName(newsletter) ? '' : null),
		pausedUntil: view.pausedUntil && dayOf(view.pausedUntil, newsletter, locale),
		news,
		nextDay: nextDayOf(schedule, newsletter, locale, now),
		differences: [],
		leave,
		severalNewsletters: all.length > 1,
		others: others.map((other) => ({ name: textIn(other, locale).name, path: pathOf(other, locale) })),
		email,
		problem,
	}
	return news === 'stale' && form
		? { ...preferences, differences: differencesOf(preferences, form) }
		: preferences
}

/** The names of what differs between a page that was filled and what it shows now; `new_topics` and `rhythm` stand for themselves. */
function differencesOf(
	{ topics, newTopics, digestLanguages, rhythm }: Preferences,
	form: PreferencesForm,
): string[] {
	const wanted = digestLanguages.find((each) => each.locale === form.language)
	return [
		...topics.filter(({ slug, chosen }) => form.topics.includes(slug) !== chosen).map(({ name }) => name),
		...((form.new_topics !== undefined) === newTopics ? [] : ['new_topics']),
		...(wanted && !wanted.chosen ? [wanted.name] : []),
		...(rhythm && form.rhythm && form.rhythm !== rhythm.chosen ? ['rhythm'] : []),
	]
}

/** The words of a topic in a language, else in the newsletter's own. */
export function topicTextIn(
	{ slug, texts }: Topic,
	locale: Locale,
	{ defaultLocale }: Newsletter,
): Omit<TopicOption, 'chosen'> {
	const find = (wanted: Locale) => texts.find((text) => text.locale === wanted)
	const text = find(locale) ?? find(defaultLocale) ?? texts[0]
	return {
		slug,
		name: text?.name ?? slug,
		description: text?.description ?? '',
		locale: text?.locale ?? locale,
	}
}

function mannerOf(newsletter: Newsletter, locale: Locale) {
	const { timeZone, dayOrder } = datesOf(newsletter)
	return { locale, timeZone, order: dayOrder }
}

/** A day in the time of the newsletter. */
export function dayOf(date: Date, newsletter: Newsletter, locale: Locale): string {
	return formatDay(date, mannerOf(newsletter, locale))
}

const weekMs = 6 * 86_400_000

/** Within a week the name of the day says it. */
function nextDayOf(
	schedule: Repetition | null,
	newsletter: Newsletter,
	locale: Locale,
	now: Date,
): string | null {
	if (!schedule) return null
	// a round-up waits for a look where digests do
	const draftFirst = newsletter.schedule?.draftFirst
	const next = nextGoing({ ...schedule, ...(draftFirst && { draftFirst }) }, now)
	if (!next) return null
	const manner = { ...mannerOf(newsletter, locale), timeZone: schedule.timeZone }
	return next.getTime() - now.getTime() < weekMs ? formatWeekday(next, manner) : formatDay(next, manner)
}
