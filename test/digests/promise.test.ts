import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { History, type Step } from './promise-history.ts'

let app: TestApp
beforeAll(async () => {
	app = await startTestApp({ workers: false })
})
afterAll(() => app.close())

// a thousand in all on the two pairs of parts
const runs = Number(process.env.RANDOM_RUNS ?? (process.env.EVERYTHING ? 500 : 20))
const seed = Number(process.env.RANDOM_SEED ?? Math.floor(Math.random() * 2 ** 31))

const which = fc.nat({ max: 40 })
const locale = fc.constantFrom('en', 'fr')
const topics = fc.subarray(['water', 'schools', 'health'])
const choices = fc.record({
	locale,
	topics: fc.option(topics, { nil: undefined }),
	newTopics: fc.boolean(),
	untranslated: fc.constantFrom(null, 'skip' as const, 'include' as const),
	rhythm: fc.constantFrom('each' as const, 'each' as const, 'round_up' as const),
})

const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ kind: fc.constant('publish' as const), locale, topics }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('translate' as const), which }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('hide' as const), which }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('edit' as const), which, topics }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('trigger' as const) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('trigger_round_up' as const) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('offer_or_end' as const) }) },
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant('trigger_chosen' as const),
			stories: fc.array(which, { minLength: 1, maxLength: 3 }),
		}),
	},
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('plan' as const), which }) },
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant('choose' as const), which, choices }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), which }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const), which }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('join' as const), choices: fc.option(choices) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('move' as const), which, to: fc.option(which) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('move_back' as const), which, from: which }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.constantFrom(1.5, 11) }) },
)

const history = fc.record({
	untranslated: fc.constantFrom('skip' as const, 'include' as const),
	storyOrder: fc.constantFrom('newest_first' as const, 'oldest_first' as const),
	steps: fc.array(step, { minLength: 10, maxLength: 30, size: 'max' }),
})

test(`Whatever happens, readers get what they chose, all of it, once (seed ${seed})`, async () => {
	console.log(`RANDOM_SEED=${seed} RANDOM_RUNS=${runs}`)
	const property = fc.asyncProperty(history, async ({ steps, ...rules }) => {
		const played = await History.begin(app, rules)
		for (const each of steps) await played.take(each)
		await played.sendWhatIsLeft()
		expect(played.broken).toEqual([])
	})
	await fc.assert(property, { seed, numRuns: runs, endOnFailure: process.env.CI !== undefined })
}, 1_200_000)
