import { expect, test } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { addTopic, addTopicRule } from '../../src/newsletters/index.ts'
import { changeStory } from '../../src/stories/index.ts'
import { topicsOfStory } from '../../src/stories/topics-of-story.ts'
import { type FeedEntry, serveFeed } from './serve-feed.ts'
import { storyFixture, useStories } from './story-fixture.ts'

useStories()

test('A story has the topics of its source, and those that rules make of its categories', () => {
	const rules = [
		{ id: 1, topic: 'water', sourceId: null, category: 'eau potable' },
		{ id: 2, topic: 'schools', sourceId: 8, category: 'ecoles' },
	]
	const source = { id: 7, topics: ['asia'] }
	expect(topicsOfStory(source, ['Eau\u00a0Potable', 'Écoles'], rules)).toEqual(['asia', 'water'])
	expect(topicsOfStory({ ...source, id: 8 }, ['ÉCOLES'], rules)).toEqual(['asia', 'schools'])
	expect(topicsOfStory(source, [], rules)).toEqual(['asia'])
})

test('Stories that come in are filed by rules, again when their categories change, but never against staff', async () => {
	const { deps, newsletter, add, poll, list } = await storyFixture()
	for (const slug of ['water', 'schools']) {
		await addTopic(deps, newsletter.slug, { slug, texts: { en: { name: slug } } }, operator)
		await addTopicRule(deps, newsletter.slug, { topic: slug, category: `About ${slug}` }, operator)
	}
	const entry = (guid: string, category: string): FeedEntry => ({ guid, title: `Story ${guid}`, category })
	const feed = await serveFeed(entry('1', 'ABOUT WATER'), entry('2', 'About water'), entry('3', 'else'))
	const source = await add(feed.url, { topics: ['schools'] })
	await poll(source.id)
	const topics = async () =>
		Object.fromEntries((await list()).map(({ title, topics }) => [title, topics.toSorted()]))
	expect(await topics()).toEqual({
		'Story 1': ['schools', 'water'],
		'Story 2': ['schools', 'water'],
		'Story 3': ['schools'],
	})

	const second = (await list()).find(({ title }) => title === 'Story 2')
	await changeStory(deps, { storyId: second?.id ?? 0, changes: { topics: ['water'] } }, operator)
	feed.entries = [entry('1', 'else'), entry('2', 'else'), entry('3', 'about water')]
	await poll(source.id)
	expect(await topics()).toEqual({
		'Story 1': ['schools'],
		'Story 2': ['water'],
		'Story 3': ['schools', 'water'],
	})
})
