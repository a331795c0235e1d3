import { z } from 'zod'
import {
	addTopic,
	changeTopic,
	listTopics,
	type Newsletter,
	orderTopics,
	topicChanges,
	topicInput,
} from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, findOwnNewsletter } from '../describe-frame.ts'
import { form, onward, responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { renameFields } from './newsletter-fields.ts'
import type { SettingsDeps } from './routes.ts'
import { toSlug } from './to-slug.ts'

const shared = { tag: consoleTag, access: { console: 'newsletters.change' } } as const
const base = '/console/newsletters/{slug}/topics'
const named = slugOnly.extend({ topic: z.string() })
const fields = z.record(z.string(), z.string())

type Shown = { edit?: string | undefined; typed?: Record<string, string>; error?: ErrorBody }

/** The topics that readers may choose: added, told otherwise, moved, ended and brought back. */
export function topicRoutes(deps: SettingsDeps): Route[] {
	return [showRoute(deps), addRoute(deps), changeRoute(deps), ...moveRoutes(deps)]
}

async function show(
	deps: SettingsDeps,
	request: RequestContext,
	newsletter: Newsletter,
	{ edit, typed = {}, error }: Shown = {},
): Promise<Answer> {
	const topics = await listTopics(deps, newsletter.id)
	const names = new Intl.DisplayNames([request.locale], { type: 'language' })
	return {
		page: 'console/topics',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { newsletter, current: 'settings' }),
			slug: newsletter.slug,
			languages: newsletter.texts.map(({ locale }) => ({ locale, name: names.of(locale) ?? locale })),
			offered: topics.filter(({ archivedAt }) => archivedAt === null),
			archived: topics.filter(({ archivedAt }) => archivedAt !== null),
			edit: edit ?? null,
			typed,
			error,
		},
	}
}

function showRoute(deps: SettingsDeps): Route {
	return defineRoute({
		...shared,
		...{ method: 'get', path: base, params: slugOnly, summary: 'Topics', responses },
		query: z.object({ edit: z.string().max(60).optional() }),
		handle: async ({ params, query, request }) =>
			show(deps, request, await findOwnNewsletter(deps, request, params.slug), query),
	})
}

/** Names and descriptions by language; a language whose name is empty is left out. */
function textsOf({ texts }: Newsletter, body: Record<string, string>) {
	const given = texts.flatMap(({ locale }) => {
		const name = (body[`name_${locale}`] ?? '').trim()
		const description = (body[`description_${locale}`] ?? '').trim()
		return name || description ? [[locale, { name, description }] as const] : []
	})
	return Object.fromEntries(given)
}

function addRoute(deps: SettingsDeps): Route {
	return defineRoute({
		...shared,
		...form,
		...{ method: 'post', path: base, params: slugOnly, summary: 'Add a topic', responses },
		body: fields,
		handle: async ({ params: { slug }, body, request }) => {
			const newsletter = await findOwnNewsletter(deps, request, slug)
			return showAgain(
				deps,
				request,
				async () => {
					const texts = textsOf(newsletter, body)
					const taken = (await listTopics(deps, newsletter.id)).map((topic) => topic.slug)
					const name = Object.values(texts)[0]?.name ?? ''
					const input = checkInput(topicInput, { slug: toSlug(name, taken), texts })
					await addTopic(deps, slug, input, request.actor)
					return { redirect: base.replace('{slug}', slug) }
				},
				(error) => show(deps, request, newsletter, { typed: body, error: renameFields(error) }),
			)
		},
	})
}

function changeRoute(deps: SettingsDeps): Route {
	return defineRoute({
		...shared,
		...form,
		...{ method: 'post', path: `${base}/{topic}`, params: named, summary: 'Change a topic', responses },
		body: fields,
		handle: async ({ params: { slug, topic }, body, request }) => {
			const newsletter = await findOwnNewsletter(deps, request, slug)
			return showAgain(
				deps,
				request,
				async () => {
					const changes = checkInput(topicChanges, { texts: textsOf(newsletter, body) })
					await changeTopic(deps, { slug, topic }, changes, request.actor)
					return { redirect: base.replace('{slug}', slug) }
				},
				(error) => show(deps, request, newsletter, { edit: topic, typed: body, error: renameFields(error) }),
			)
		},
	})
}

function moveRoutes(deps: SettingsDeps): Route[] {
	const again = (slug: string) => ({ redirect: base.replace('{slug}', slug) })
	const archive = (['archive', 'restore'] as const).map((name) =>
		defineRoute({
			...shared,
			...form,
			...{
				method: 'post',
				path: `${base}/{topic}/${name}`,
				params: named,
				summary: `${name} a topic`,
				responses: onward,
			},
			body: z.object({}),
			handle: async ({ params: { slug, topic }, request }) => {
				await findOwnNewsletter(deps, request, slug)
				await changeTopic(deps, { slug, topic }, { archived: name === 'archive' }, request.actor)
				return again(slug)
			},
		}),
	)
	const up = defineRoute({
		...shared,
		...form,
		...{
			method: 'post',
			path: `${base}/{topic}/up`,
			params: named,
			summary: 'Move a topic up',
			responses: onward,
		},
		body: z.object({}),
		handle: async ({ params: { slug, topic }, request }) => {
			const { id } = await findOwnNewsletter(deps, request, slug)
			const names = (await listTopics(deps, id))
				.filter((each) => each.archivedAt === null)
				.map((each) => each.slug)
			const at = names.indexOf(topic)
			if (at > 0) {
				const order = [
					...names.slice(0, at - 1),
					topic,
					...names.slice(at - 1).filter((name) => name !== topic),
				]
				await orderTopics(deps, slug, order, request.actor)
			}
			return again(slug)
		},
	})
	return [...archive, up]
}
