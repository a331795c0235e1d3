import { z } from 'zod'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import { getNewsletter } from '../../../newsletters/index.ts'
import {
	changeStory,
	getStory,
	linkTranslations,
	listStories,
	type StoryPosition,
	storyChanges,
	storyInput,
	storyQuery,
	storyStates,
	translationsInput,
	unlinkTranslation,
	writeStory,
} from '../../../stories/index.ts'
import { type CursorForm, pageAnswer, pageParams, timeCursor, toPage } from '../../server/paging.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams, instant, pickFor, slugParams } from '../staff-answers.ts'

export type StoriesDeps = { db: Database; clock: Clock }

const byTime = timeCursor(/^[1-9]\d{0,14}$/)

/** A place in the list: the time and id of its last story. */
const storyCursor: CursorForm<StoryPosition> = {
	write: ({ publishedAt, id }) => byTime.write({ time: publishedAt, key: String(id) }),
	read: (cursor) => {
		const place = byTime.read(cursor)
		return place && { publishedAt: place.time, id: Number(place.key) }
	},
}

const shared = { tag: 'Stories' } as const

/** Stories: read from sources, or written by staff; each in one language, with its translations linked. */
export function storyRoutes(deps: StoriesDeps): Route[] {
	return [
		listOfNewsletter(deps),
		write(deps),
		showOne(deps),
		change(deps),
		linkSeveral(deps),
		unlinkOne(deps),
	]
}

function listOfNewsletter(deps: StoriesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'stories.read' },
		method: 'get',
		path: '/api/v1/newsletters/{slug}/stories',
		summary: 'The stories of a newsletter',
		params: slugParams,
		query: storyQuery.extend(pageParams(storyCursor, { max: 100, usual: 50, describe: 'Stories a page.' })),
		responses: {
			200: { description: 'Newest first', schema: storyPage },
			...describeErrors(401, 404, 422),
		},
		handle: async ({ params, query }) => {
			const { id: newsletterId } = await getNewsletter(deps, params)
			const found = await listStories(deps, { ...query, newsletterId, limit: query.limit + 1 })
			const { items, next } = toPage(found, query.limit, storyCursor.write)
			return { json: { items: items.map(toAnswer), next } }
		},
	})
}

function write(deps: StoriesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'stories.change' },
		method: 'post',
		path: '/api/v1/newsletters/{slug}/stories',
		summary: 'Write a story',
		params: slugParams,
		body: storyInput,
		responses: {
			201: { description: 'Written', schema: storyAnswer },
			...describeErrors(400, 401, 404, 409, 422),
		},
		handle: async ({ params, body, request }) => {
			const { id: newsletterId } = await getNewsletter(deps, params)
			const story = await writeStory(deps, { ...body, newsletterId }, request.actor)
			return { status: 201, headers: { Location: `/api/v1/stories/${story.id}` }, json: toAnswer(story) }
		},
	})
}

function showOne(deps: StoriesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'stories.read' },
		method: 'get',
		path: '/api/v1/stories/{id}',
		summary: 'One story',
		params: idParams,
		responses: { 200: { description: 'The story', schema: storyAnswer }, ...describeErrors(401, 404) },
		handle: async ({ params }) => ({ json: toAnswer(await getStory(deps, { storyId: params.id })) }),
	})
}

function change(deps: StoriesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'stories.change' },
		method: 'patch',
		path: '/api/v1/stories/{id}',
		summary: 'Change, hide or release a story',
		description:
			'A story whose texts staff changed is no longer changed by its source; topics that staff chose are changed by neither source nor rules.',
		params: idParams,
		body: storyChanges,
		responses: {
			200: { description: 'The story as it is now', schema: storyAnswer },
			...describeErrors(400, 401, 404, 409, 422),
		},
		handle: async ({ params, body, request }) => {
			const story = await changeStory(deps, { storyId: params.id, changes: body }, request.actor)
			return { json: toAnswer(story) }
		},
	})
}

function linkSeveral(deps: StoriesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'stories.change' },
		method: 'post',
		path: '/api/v1/stories/translations',
		summary: 'Say that stories are one story in several languages',
		body: translationsInput,
		responses: {
			200: { description: 'The stories, linked', schema: z.object({ items: z.array(storyAnswer) }) },
			...describeErrors(400, 401, 404, 422),
		},
		handle: async ({ body, request }) => {
			const stories = await linkTranslations(deps, body, request.actor)
			return { json: { items: stories.map(toAnswer) } }
		},
	})
}

function unlinkOne(deps: StoriesDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'stories.change' },
		method: 'delete',
		path: '/api/v1/stories/{id}/translations',
		summary: 'Say that a story is no translation of others',
		params: idParams,
		responses: {
			200: { description: 'The story, by itself', schema: storyAnswer },
			...describeErrors(401, 404),
		},
		handle: async ({ params, request }) => {
			const story = await unlinkTranslation(deps, { storyId: params.id }, request.actor)
			return { json: toAnswer(story) }
		},
	})
}

const storyAnswer = z
	.object({
		id: z.int(),
		sourceId: z.int().nullable().meta({ description: 'null where staff wrote it' }),
		locale: z.string(),
		state: z.enum(storyStates).meta({
			description: '`new` ones are what the next digest chooses from, `mailed` ones are in a digest',
		}),
		title: z.string(),
		summary: z.string(),
		link: z.string().nullable(),
		imageUrl: z.string().nullable(),
		imageAlt: z.string().nullable(),
		author: z.string().nullable(),
		categories: z.array(z.string()),
		topics: z.array(z.string()),
		publishedAt: instant,
		firstSeenAt: instant,
		topicsChosenAt: instant.nullable().meta({
			description: 'When staff chose its topics; null: they follow its source and the rules',
		}),
		editedAt: instant.nullable().meta({ description: 'When staff changed its texts' }),
		translations: z.array(z.object({ id: z.int(), locale: z.string() })),
	})
	.meta({ id: 'Story' })

const storyPage = pageAnswer(storyAnswer)

/** A story as JSON. */
export type StoryAnswer = z.infer<typeof storyAnswer>

const toAnswer = pickFor(storyAnswer)
