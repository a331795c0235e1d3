import { z } from 'zod'
import { AppError } from '../../../kernel/app-error.ts'
import { type Rhythm, rhythms } from '../../../kernel/enumerations.ts'
import { listTopics, type Newsletter } from '../../../newsletters/index.ts'
import { changeByStaff, type ReaderChanges, showReader } from '../../../subscriptions/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { nameOfLanguage } from '../../visitors/describe-newsletter.ts'
import { describeFrame } from '../describe-frame.ts'
import { topicNames } from '../describe-stories.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { ticked } from '../ticked.ts'
import { findOwnReader } from './find-own-reader.ts'
import type { ReadersPageDeps } from './routes.ts'

const path = '/console/newsletters/{slug}/readers/{id}/choices'
const params = z.object({ slug: z.string(), id: z.coerce.number().int().positive() })

/** The form as it was filled in. */
const typedChoices = z.object({
	locale: z.string().max(100).default(''),
	topics: ticked,
	newTopics: z.string().max(10).default(''),
	rhythm: z.string().max(100).default(''),
	givenName: z.string().max(1_000).optional(),
})

export type TypedChoices = z.output<typeof typedChoices>

/** What staff may change of a reader's choices. Parts that the newsletter does not have are empty. */
export type ChoicesForm = {
	slug: string
	id: number
	address: string
	languages: Array<{ locale: string; name: string }>
	topics: Array<{ slug: string; name: string }>
	rhythms: readonly Rhythm[]
	/** Whether the name can be changed: it is the same in all newsletters. */
	mayName: boolean
	fields: TypedChoices
	error?: ErrorBody | undefined
}

/** A reader's choices, changed by staff at their wish. */
export function readerChoicesRoutes(deps: ReadersPageDeps): Route[] {
	const shared = { tag: consoleTag, access: { console: 'subscribers.change' }, path, params } as const
	return [
		defineRoute({
			...shared,
			...{ method: 'get', summary: 'Change the choices of a reader', responses },
			handle: ({ params, request }) => show(deps, request, params),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', summary: 'Save the choices of a reader', responses: onward },
			body: typedChoices,
			handle: async ({ params, body, request }) => {
				const { newsletter, whole } = await findOwnReader(deps, request, params)
				return showAgain(
					deps,
					request,
					async () => {
						const changes = await readChanges(deps, newsletter, { body, whole })
						const whose = { id: params.id, newsletter: newsletter.slug }
						const { changed } = await changeByStaff(deps, whose, changes, request.actor)
						const done = changed ? 'yes' : 'no'
						return {
							redirect: `/console/newsletters/${newsletter.slug}/readers/${params.id}?changed=${done}`,
						}
					},
					(error) => show(deps, request, params, { fields: body, error }),
				)
			},
		}),
	]
}

async function show(
	deps: ReadersPageDeps,
	request: RequestContext,
	{ slug, id }: { slug: string; id: number },
	again?: { fields: TypedChoices; error: ErrorBody },
): Promise<Answer> {
	const { newsletter, address, whole } = await findOwnReader(deps, request, { slug, id })
	const reader = await showReader(deps, { id, action: 'show' }, request.actor)
	const own = reader.subscriptions.find((each) => each.newsletter === newsletter.slug)
	if (own?.state !== 'active')
		throw new AppError('not_found', 'errors.reader.not_subscribed', {
			params: { newsletter: newsletter.slug },
		})
	const { locale } = request
	const topics = await livingTopics(deps, newsletter)
	const { allTopics, topics: chosen, leftOut, rhythm } = own.choices
	const slugs = topics.map((topic) => topic.slug)
	const fields: TypedChoices = {
		locale: own.locale,
		topics: slugs.filter((name) => (allTopics ? !leftOut.includes(name) : chosen.includes(name))),
		newTopics: allTopics ? 'yes' : '',
		rhythm,
		givenName: reader.givenName ?? '',
	}
	const data = {
		frame: await describeFrame(deps, request, { newsletter, current: 'readers' as const }),
		slug: newsletter.slug,
		...{ id, address },
		languages: newsletter.texts.map((text) => ({ locale: text.locale, name: nameOfLanguage(text.locale) })),
		topics: topics.map((topic) => ({
			slug: topic.slug,
			name: topicNames(topics, [topic.id], locale)[0] ?? topic.slug,
		})),
		rhythms: newsletter.roundUp ? rhythms : [],
		mayName: whole,
		fields: again?.fields ?? fields,
		error: again?.error,
	}
	return { page: 'console/reader-choices', locale, data }
}

async function livingTopics(deps: ReadersPageDeps, { id }: Newsletter) {
	return (await listTopics(deps, id)).filter(({ archivedAt }) => archivedAt === null)
}

const wanted = z.object({
	locale: z.string(),
	rhythm: z.union([z.enum(rhythms), z.literal('')], 'errors.reader_filter.rhythm'),
})

/** What of the form counts: of parts that the page did not show nothing is taken. */
async function readChanges(
	deps: ReadersPageDeps,
	newsletter: Newsletter,
	{ body, whole }: { body: TypedChoices; whole: boolean },
): Promise<ReaderChanges> {
	const { locale, rhythm } = checkInput(wanted, body)
	const hasTopics = (await livingTopics(deps, newsletter)).length > 0
	return {
		locale: locale || undefined,
		...(hasTopics ? { topics: body.topics, newTopics: body.newTopics === 'yes' } : {}),
		rhythm: newsletter.roundUp && rhythm ? rhythm : undefined,
		givenName: whole ? body.givenName : undefined,
	}
}
