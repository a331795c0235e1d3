import { describe, expect, it } from 'vitest'
import { hasBounceCorpus, loadBounceCorpus, scoreBounces } from '../../bench/parts/score-bounces.ts'

if (!hasBounceCorpus)
	console.warn('Left out: the test on real reports, for lack of ../shared/corpora/bounces.')

describe.skipIf(!hasBounceCorpus)('readReport on real reports of many mail systems', () => {
	const scores = hasBounceCorpus ? scoreBounces(loadBounceCorpus()) : []

	it.each([
		['some recipient found', 0.98],
		['the right recipient', 0.98],
		['hard or soft as labelled', 0.96],
		['4xx or 5xx as labelled', 0.97],
		['complaints with a report part', 1],
	])('%s: at least %d', (name, least) => {
		const score = scores.find((known) => known.name === name)
		expect(score?.of).toBeGreaterThan(0)
		expect((score?.right ?? 0) / (score?.of ?? 1), score?.wrong.join(' ')).toBeGreaterThanOrEqual(least)
	})

	it('calls no automatic reply and no delivery a bounce (S9, H5)', () => {
		const score = scores.find(({ name }) => name === 'no bounce, left alone')
		// labelled as none, it says of itself that a mail was rejected because the mailbox is full
		expect(score?.wrong).toEqual(['not-rb-issue-368-bug.eml'])
	})
})
