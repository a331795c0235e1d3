import { z } from 'zod'
import { invalidField } from '../../../kernel/app-error.ts'
import {
	type Rhythm,
	rhythms,
	type SubscriptionSource,
	subscriptionSources,
	suppressionReasons,
} from '../../../kernel/enumerations.ts'
import {
	listTopics,
	type Newsletter,
	newsletterLocales,
	type Topic,
	zoneOf,
} from '../../../newsletters/index.ts'
import {
	listSignupHosts,
	type ReaderPosition,
	type ReaderStanding,
	type ReaderWish,
} from '../../../subscriptions/index.ts'
import { checkInput } from '../../server/check-input.ts'
import type { CursorForm } from '../../server/paging.ts'
import { dayInput, startOfDay } from '../day-input.ts'
import type { FrameDeps } from '../describe-frame.ts'

export const standings: readonly ReaderStanding[] = [
	'active',
	'paused',
	'pending',
	'unsubscribed',
	'out',
	...suppressionReasons.map((reason) => `out_${reason}` as const),
]

const short = z.string().max(200).optional()

/** The filters of the page of readers as they come: empty or left out where they don’t matter. */
export const typedFilters = z.object({
	address: z.string().max(1_000).optional(),
	state: short,
	language: short,
	topic: short,
	rhythm: short,
	source: short,
	from: short,
	to: short,
	after: short,
})

export type TypedFilters = z.output<typeof typedFilters>

/** What can be chosen from. */
export type FilterChoices = {
	languages: string[]
	topics: Topic[]
	sources: readonly SubscriptionSource[]
	hosts: string[]
	roundUp: boolean
}

export const readersCursor: CursorForm<ReaderPosition> = {
	write: ({ micros, key }) => `${micros}_${key}`,
	read: (text) => {
		const [, micros, key = ''] = /^(\d{1,16})_(\d{1,15}|[\w-]{43})$/.exec(text) ?? []
		return micros === undefined ? undefined : { micros: Number(micros), key }
	},
}

const hostMark = 'form:'

/** What the filters of a newsletter offer. Sites with forms are those that are counted by name. */
export async function readFilterChoices(deps: FrameDeps, newsletter: Newsletter): Promise<FilterChoices> {
	return {
		languages: newsletter.texts.map(({ locale }) => locale),
		topics: (await listTopics(deps, newsletter.id)).filter(({ archivedAt }) => archivedAt === null),
		sources: subscriptionSources,
		hosts: await listSignupHosts(deps, newsletter.id),
		roundUp: newsletter.roundUp !== null,
	}
}

/** Understands filters as they were typed. Throws `invalid`, with each that can't be: they never mean everybody. */
export function understandFilters(
	newsletter: Newsletter,
	{ topics, hosts }: FilterChoices,
	typed: TypedFilters,
): { wish: ReaderWish; after: ReaderPosition | undefined } {
	const { from, to, source, topic, ...rest } = checkInput(wanted, withoutEmpty(typed))
	const chosen = topics.find(({ slug }) => slug === topic)
	if (topic !== undefined && !chosen) throw invalidField('topic', 'errors.reader_filter.topic')
	const zone = zoneOf(newsletter)
	const isOut = rest.state?.startsWith('out') ?? false
	// a place in one order is none in another
	if (rest.after && isOut !== !/^\d+$/.test(rest.after.key)) throw invalidField('after', 'errors.cursor')
	return {
		wish: {
			newsletterId: newsletter.id,
			address: rest.address,
			standing: rest.state,
			locale: rest.language,
			topicId: chosen?.id,
			rhythm: rest.rhythm,
			...readSource(source, hosts),
			from: from === undefined ? undefined : startOfDay(from, zone),
			to: to === undefined ? undefined : startOfDay(to, zone, 1),
		},
		after: rest.after,
	}
}

function withoutEmpty(typed: TypedFilters): Partial<TypedFilters> {
	return Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined && value !== ''))
}

function readSource(
	source: string | undefined,
	hosts: readonly string[],
): { source?: SubscriptionSource; host?: string } {
	if (source === undefined) return {}
	const known = subscriptionSources.find((each) => each === source)
	if (known) return { source: known }
	const host = source.startsWith(hostMark) ? source.slice(hostMark.length) : undefined
	if (host !== undefined && (host === 'other' || hosts.includes(host))) return { host }
	throw invalidField('source', 'errors.reader_filter.source')
}

const wanted = z.object({
	address: z.string().optional(),
	state: z.enum(standings as [ReaderStanding, ...ReaderStanding[]], 'errors.reader_filter.state').optional(),
	language: z.enum(newsletterLocales as [string, ...string[]], 'errors.reader_filter.language').optional(),
	topic: z.string().optional(),
	rhythm: z.enum(rhythms as unknown as [Rhythm, ...Rhythm[]], 'errors.reader_filter.rhythm').optional(),
	source: z.string().optional(),
	from: dayInput,
	to: dayInput,
	after: z
		.string()
		.transform((text, context) => {
			const place = readersCursor.read(text)
			if (place) return place
			context.addIssue({ code: 'custom', message: 'errors.cursor' })
			return z.NEVER
		})
		.optional(),
})
