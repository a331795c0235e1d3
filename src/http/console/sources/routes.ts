import { z } from 'zod'
import { mayDo } from '../../../kernel/actor.ts'
import { AppError } from '../../../kernel/app-error.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { FetchFeed } from '../../../kernel/fetch-feed.ts'
import { type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import {
	addSource,
	changeSource,
	getSource,
	listSources,
	pollSourceNow,
	removeSource,
	type Source,
	sourceInput,
} from '../../../stories/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { nameOfLanguage } from '../../visitors/describe-newsletter.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { describeSetup, type SetupDeps } from '../home/describe-setup.ts'
import { form, onward, responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { speakTimes } from '../speak-times.ts'
import { type LookedAt, lookAtAddress } from './look-at-address.ts'

export type SourcePagesDeps = FrameDeps &
	SetupDeps & { clock: Clock; fetchFeed: FetchFeed } & Parameters<typeof addSource>[0] &
	Parameters<typeof pollSourceNow>[0]

const base = '/console/newsletters/{slug}/sources'
const withId = slugOnly.extend({ id: z.coerce.number().int().positive() })
const typed = z.string().max(2_000).default('')

/** Where stories come from: looked at before they are added, paused, read now, removed. */
export function sourcePageRoutes(deps: SourcePagesDeps): Route[] {
	return [listRoute(deps), addRoute(deps), ...changeRoutes(deps)]
}

type Shown = { looked?: LookedAt | null; url?: string; error?: ErrorBody }

async function show(
	deps: SourcePagesDeps,
	request: RequestContext,
	slug: string,
	shown: Shown = {},
): Promise<Answer> {
	const newsletter = await findOwnNewsletter(deps, request, slug)
	const { locale } = request
	const sources = await listSources(deps, { newsletterId: newsletter.id })
	return {
		page: 'console/sources',
		locale,
		data: {
			frame: await describeFrame(deps, request, { newsletter, current: 'sources' }),
			setup: await describeSetup(deps, newsletter, request),
			say: speakTimes(deps.messages, locale, zoneOf(newsletter)),
			slug,
			sources: sources.map((source) => ({
				...source,
				language: nameOfLanguage(source.locale),
				trouble: source.problem && deps.messages.text(locale, `errors.feed.${source.problem}`),
			})),
			languages: newsletter.texts.map((text) => ({ locale: text.locale, name: nameOfLanguage(text.locale) })),
			looked: shown.looked ?? null,
			url: shown.url ?? '',
			error: shown.error,
			mayChange: mayDo(request.actor, 'sources.change'),
		},
	}
}

/** With an address, what is found there is shown before anything is kept. */
function listRoute(deps: SourcePagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'sources.read' },
		...{ method: 'get', path: base, params: slugOnly, summary: 'Sources', responses },
		query: z.object({ url: z.string().max(2_000).optional() }),
		handle: async ({ params, query, request }) => {
			if (!query.url?.trim() || !mayDo(request.actor, 'sources.change'))
				return show(deps, request, params.slug)
			const newsletter = await findOwnNewsletter(deps, request, params.slug)
			const looked = await lookAtAddress(deps, newsletter, query.url, request.locale)
			return show(deps, request, params.slug, { looked, url: query.url })
		},
	})
}

function addRoute(deps: SourcePagesDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'sources.change' },
		...form,
		...{ method: 'post', path: base, params: slugOnly, summary: 'Add a source', responses },
		body: z.object({ url: typed, locale: typed, latest: typed }),
		handle: ({ params: { slug }, body, request }) =>
			showAgain(
				deps,
				request,
				async () => {
					const { id } = await findOwnNewsletter(deps, request, slug)
					const includeLatest = Math.min(100, Math.max(0, Number.parseInt(body.latest, 10) || 0))
					const input = checkInput(sourceInput, { url: body.url, locale: body.locale, includeLatest })
					await addSource(deps, { ...input, newsletterId: id }, request.actor)
					return { redirect: base.replace('{slug}', slug) }
				},
				(error) => show(deps, request, slug, { url: body.url, error }),
			),
	})
}

async function findOwnSource(
	deps: SourcePagesDeps,
	newsletter: Newsletter,
	sourceId: number,
): Promise<Source> {
	const source = await getSource(deps, { sourceId })
	if (source.newsletterId === newsletter.id) return source
	throw new AppError('not_found', 'errors.source.not_found')
}

function changeRoutes(deps: SourcePagesDeps): Route[] {
	const acts = {
		pause: (sourceId: number, request: RequestContext) =>
			changeSource(deps, { sourceId, changes: { state: 'paused' } }, request.actor),
		resume: (sourceId: number, request: RequestContext) =>
			changeSource(deps, { sourceId, changes: { state: 'active' } }, request.actor),
		read: (sourceId: number, request: RequestContext) => pollSourceNow(deps, { sourceId }, request.actor),
		remove: (sourceId: number, request: RequestContext) => removeSource(deps, { sourceId }, request.actor),
	}
	return (['pause', 'resume', 'read', 'remove'] as const).map((name) =>
		defineRoute({
			tag: consoleTag,
			access: { console: 'sources.change' },
			...form,
			...{
				method: 'post',
				path: `${base}/{id}/${name}`,
				params: withId,
				summary: `${name} a source`,
				responses: onward,
			},
			body: z.object({}),
			handle: async ({ params, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, params.slug)
				await findOwnSource(deps, newsletter, params.id)
				await acts[name](params.id, request)
				return { redirect: base.replace('{slug}', params.slug) }
			},
		}),
	)
}
