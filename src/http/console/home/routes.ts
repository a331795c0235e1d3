import { z } from 'zod'
import { openDraft, openLetter, skipNext } from '../../../digests/index.ts'
import { mayDo, maySee } from '../../../kernel/actor.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { listNewsletters } from '../../../newsletters/index.ts'
import { type Answer, consoleTag, defineRoute, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { describeHome } from './describe-home.ts'
import { describeSetup, type SetupDeps } from './describe-setup.ts'

export type HomePageDeps = FrameDeps & SetupDeps & { clock: Clock }

const params = z.object({ slug: z.string() })

/** Home of a newsletter: what goes out next, what is new, what needs attention, what came of the last one. */
export function homePageRoutes(deps: HomePageDeps): Route[] {
	return [startRoute(deps), homeRoute(deps), prepareRoute(deps), letterRoute(deps), skipRoute(deps)]
}

/** The only newsletter, or a choice of them. */
function startRoute(deps: HomePageDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'member' },
		...{ method: 'get', path: '/console', summary: 'Where work begins', responses },
		handle: async ({ request }): Promise<Answer> => {
			const { member } = request.signedIn
			const visible = (await listNewsletters(deps)).filter(({ id }) => maySee(member, id))
			const [only] = visible
			if (only && visible.length === 1) return { redirect: `/console/newsletters/${only.slug}` }
			const frame = await describeFrame(deps, request)
			const mayCreate = mayDo(member, 'newsletters.change')
			return { page: 'console/start', locale: request.locale, data: { frame, mayCreate } }
		},
	})
}

function homeRoute(deps: HomePageDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'newsletters.read' },
		...{ method: 'get', path: '/console/newsletters/{slug}', params, summary: 'Home', responses },
		handle: async ({ params, request }): Promise<Answer> => {
			const newsletter = await findOwnNewsletter(deps, request, params.slug)
			const frame = await describeFrame(deps, request, { newsletter, current: 'home' })
			const home = await describeHome(deps, newsletter, request)
			const setup = await describeSetup(deps, newsletter, request)
			return { page: 'console/home', locale: request.locale, data: { frame, setup, ...home } }
		},
	})
}

function prepareRoute(deps: HomePageDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...form,
		...{ method: 'post', path: '/console/newsletters/{slug}/drafts', params, summary: 'Prepare a digest' },
		body: z.object({ add: z.enum(['earlier']).optional().catch(undefined) }),
		responses: onward,
		handle: async ({ params, body, request }) => {
			const { id } = await findOwnNewsletter(deps, request, params.slug)
			const draft = await openDraft(deps, id, { actor: request.actor })
			return { redirect: `/console/drafts/${draft.id}${body.add === 'earlier' ? '/earlier' : ''}` }
		},
	})
}

function letterRoute(deps: HomePageDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...form,
		...{ method: 'post', path: '/console/newsletters/{slug}/letters', params, summary: 'Write a letter' },
		body: z.object({}),
		responses: onward,
		handle: async ({ params, request }) => {
			const { id } = await findOwnNewsletter(deps, request, params.slug)
			const letter = await openLetter(deps, id, request.actor)
			return { redirect: `/console/drafts/${letter.id}` }
		},
	})
}

function skipRoute(deps: HomePageDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.send' },
		...form,
		...{
			method: 'post',
			path: '/console/newsletters/{slug}/skip',
			params,
			summary: 'Skip the next one, or not',
		},
		body: z.object({ back: z.string().optional() }),
		responses: onward,
		handle: async ({ params, body, request }) => {
			const { id } = await findOwnNewsletter(deps, request, params.slug)
			await skipNext(deps, id, { skip: body.back === undefined, actor: request.actor })
			return { redirect: `/console/newsletters/${params.slug}` }
		},
	})
}
