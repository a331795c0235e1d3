import { z } from 'zod'
import {
	addTopic,
	addTopicRule,
	changeTopic,
	getNewsletter,
	listTopicRules,
	listTopics,
	orderTopics,
	removeTopicRule,
	topicChanges,
	topicInput,
	topicOrder,
	topicRuleInput,
} from '../../../newsletters/index.ts'
import { previewTopicRule } from '../../../stories/index.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, slugParams } from '../staff-answers.ts'
import { ruleAnswer, rulePreviewAnswer, toAnswer, topicAnswer } from './topic-answers.ts'

export type TopicsDeps = Parameters<typeof addTopic>[0]

const shared = { tag: 'Topics' } as const
const path = '/api/v1/newsletters/{slug}/topics'
const rulesPath = '/api/v1/newsletters/{slug}/topic-rules'

const topicParams = slugParams.extend({
	topic: z.string().meta({ description: 'The topic', example: 'water' }),
})
const ruleParams = slugParams.extend({
	id: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER),
})

/** Topics: the themes of a newsletter that readers may choose, and which categories of feeds make a story one of them. */
export function topicRoutes(deps: TopicsDeps): Route[] {
	return [
		listOfNewsletter(deps),
		add(deps),
		change(deps),
		order(deps),
		listRules(deps),
		addRule(deps),
		previewRule(deps),
		removeRule(deps),
	]
}

function listOfNewsletter(deps: TopicsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.read' },
		method: 'get',
		path,
		summary: 'The topics of a newsletter',
		params: slugParams,
		responses: {
			200: {
				description: 'In their order, the archived ones among them',
				schema: z.object({ items: z.array(topicAnswer) }),
			},
			...describeErrors(401, 404),
		},
		handle: async ({ params }) => {
			const { id } = await getNewsletter(deps, params)
			return { json: { items: (await listTopics(deps, id)).map(toAnswer) } }
		},
	})
}

function add(deps: TopicsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.change' },
		method: 'post',
		path,
		summary: 'Add a topic',
		description: 'Stories can be filed under it from then on; a story without a topic goes to all.',
		params: slugParams,
		body: topicInput,
		responses: {
			201: { description: 'Added', schema: topicAnswer },
			...describeErrors(400, 401, 404, 422),
		},
		handle: async ({ params, body, request }) => ({
			status: 201,
			json: toAnswer(await addTopic(deps, params.slug, body, request.actor)),
		}),
	})
}

function change(deps: TopicsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.change' },
		method: 'patch',
		path: `${path}/{topic}`,
		summary: 'Change a topic, archive it or bring it back',
		params: topicParams,
		body: topicChanges,
		responses: {
			200: { description: 'The topic as it is now', schema: topicAnswer },
			...describeErrors(400, 401, 404, 422),
		},
		handle: async ({ params, body, request }) => ({
			json: toAnswer(await changeTopic(deps, params, body, request.actor)),
		}),
	})
}

function order(deps: TopicsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.change' },
		method: 'post',
		path: '/api/v1/newsletters/{slug}/topic-order',
		summary: 'Put the topics of a newsletter into an order',
		params: slugParams,
		body: topicOrder,
		responses: {
			200: {
				description: 'All topics in their new order',
				schema: z.object({ items: z.array(topicAnswer) }),
			},
			...describeErrors(400, 401, 404, 422),
		},
		handle: async ({ params, body, request }) => {
			const topics = await orderTopics(deps, params.slug, body.topics, request.actor)
			return { json: { items: topics.map(toAnswer) } }
		},
	})
}

function listRules(deps: TopicsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.read' },
		method: 'get',
		path: rulesPath,
		summary: 'Which categories of feeds make a story one of a topic',
		params: slugParams,
		responses: {
			200: { description: 'In the order they were made', schema: z.object({ items: z.array(ruleAnswer) }) },
			...describeErrors(401, 404),
		},
		handle: async ({ params }) => {
			const { id } = await getNewsletter(deps, params)
			return { json: { items: await listTopicRules(deps, id) } }
		},
	})
}

function addRule(deps: TopicsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.change' },
		method: 'post',
		path: rulesPath,
		summary: 'Let a category make a story one of a topic',
		description: 'It holds for stories that are read from then on, and for those that their feed changes.',
		params: slugParams,
		body: topicRuleInput,
		responses: {
			201: { description: 'Added', schema: ruleAnswer },
			...describeErrors(400, 401, 404, 409, 422),
		},
		handle: async ({ params, body, request }) => ({
			status: 201,
			json: await addTopicRule(deps, params.slug, body, request.actor),
		}),
	})
}

function previewRule(deps: TopicsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.read' },
		method: 'post',
		path: `${rulesPath}/preview`,
		summary: 'What a rule would have done to the newest 50 stories',
		description: 'Nothing is changed.',
		params: slugParams,
		body: topicRuleInput,
		responses: {
			200: { description: 'The stories that would be of the topic', schema: rulePreviewAnswer },
			...describeErrors(400, 401, 404, 422),
		},
		handle: async ({ params, body }) => {
			const { id } = await getNewsletter(deps, params)
			return { json: await previewTopicRule(deps, id, body) }
		},
	})
}

function removeRule(deps: TopicsDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.change' },
		method: 'delete',
		path: `${rulesPath}/{id}`,
		summary: 'Remove a rule',
		description: 'Stories that have its topic keep it.',
		params: ruleParams,
		responses: { 204: { description: 'Removed' }, ...describeErrors(401, 404) },
		handle: async ({ params, request }) => {
			await removeTopicRule(deps, params, request.actor)
			return { status: 204, empty: true }
		},
	})
}
