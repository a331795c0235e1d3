import { expect, test } from 'vitest'
import { operator } from '../../src/kernel/actor.ts'
import { addTopic, addTopicRule, removeTopicRule } from '../../src/newsletters/index.ts'
import { changeSource, changeStory } from '../../src/stories/index.ts'
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

test('What staff chose stays, be it what the rules say too, or nothing', async () => {
	const { deps, newsletter, add, poll, list } = await storyFixture()
	await addTopic(deps, newsletter.slug, { slug: 'water', texts: { en: { name: 'Water' } } }, operator)
	await addTopicRule(deps, newsletter.slug, { topic: 'water', category: 'Water' }, operator)
	const entry = (guid: string, category: string, summary: string): FeedEntry => ({
		guid,
		title: `Story ${guid}`,
		category,
		summary,
	})
	const feed = await serveFeed(entry('1', 'water', 'a'), entry('2', 'else', 'a'), entry('3', 'water', 'a'))
	const source = await add(feed.url)
	await poll(source.id)
	const storyOf = async (title: string) => (await list()).find((story) => story.title === title)
	const choose = async (title: string, topics: string[]) =>
		changeStory(deps, { storyId: (await storyOf(title))?.id ?? 0, changes: { topics } }, operator)
	await choose('Story 1', ['water'])
	await choose('Story 2', [])
	await choose('Story 3', [])
	feed.entries = [entry('1', 'else', 'b'), entry('2', 'water', 'b'), entry('3', 'water', 'b')]
	await poll(source.id)
	const topics = await Promise.all(['Story 1', 'Story 2', 'Story 3'].map(storyOf))
	expect(topics.map((story) => [story?.summary, story?.topics])).toEqual([
		['b', ['water']],
		['b', []],
		['b', []],
	])
})

test('A rule and a source’s topics hold for stories that are read or changed after them, and for no others', async () => {
	const { deps, newsletter, add, poll, list } = await storyFixture()
	for (const slug of ['water', 'seeds', 'schools']) {
		await addTopic(deps, newsletter.slug, { slug, texts: { en: { name: slug } } }, operator)
	}
	const rule = await addTopicRule(deps, newsletter.slug, { topic: 'water', category: 'Water' }, operator)
	const entry = (guid: string, summary: string): FeedEntry => ({
		guid,
		title: `Story ${guid}`,
		category: 'water',
		summary,
	})
	const feed = await serveFeed(entry('1', 'a'), entry('2', 'a'))
	const source = await add(feed.url, { topics: ['schools'] })
	await poll(source.id)
	await removeTopicRule(deps, { slug: newsletter.slug, id: rule.id }, operator)
	await addTopicRule(deps, newsletter.slug, { topic: 'seeds', category: 'water' }, operator)
	await changeSource(deps, { sourceId: source.id, changes: { topics: [] } }, operator)
	feed.entries = [entry('1', 'a'), entry('2', 'changed'), entry('3', 'new')]
	await poll(source.id)
	const topics = Object.fromEntries((await list()).map((story) => [story.title, story.topics]))
	expect(topics).toEqual({
		'Story 1': ['schools', 'water'],
		'Story 2': ['seeds'],
		'Story 3': ['seeds'],
	})
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
