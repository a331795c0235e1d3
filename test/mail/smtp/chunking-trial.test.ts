import { expect, test } from 'vitest'
import { type ChunkingTrialOptions, createChunkingTrial } from '../../../src/mail/smtp/chunking-trial.ts'
import type { SinkStage } from '../../support/smtp-sink.ts'
import { message, startPair } from './start-relay.ts'

type Found = Parameters<NonNullable<ChunkingTrialOptions['onDecided']>>[0]

/** Sends messages that take so long each way; gives what was decided, and which way each went. */
function go(times: { plainMs: number; chunkedMs: number }, count: number, trial = openTrial()) {
	const ways = Array.from({ length: count }, () => {
		const chunked = trial.chunking.isOn()
		trial.chunking.note({ chunked, ms: chunked ? times.chunkedMs : times.plainMs })
		return chunked
	})
	return { ways, ...trial }
}

function openTrial() {
	const clock = { ms: 0 }
	const found: Found[] = []
	const chunking = createChunkingTrial({
		messages: 4,
		now: () => clock.ms,
		onDecided: (each) => found.push(each),
	})
	return { chunking, found, clock }
}

test('A relay that takes two messages at once as fast as one is given two, once that has been timed', () => {
	const { ways, found } = go({ plainMs: 100, chunkedMs: 50 }, 12)
	expect(ways.slice(0, 4)).toEqual([false, false, false, false])
	expect(ways.slice(4)).not.toContain(false)
	expect(found).toEqual([{ plainMs: 100, chunkedMs: 50, isOn: true }])
})

test('A relay whose replies wait for each other is spoken to as before', () => {
	const { ways, found } = go({ plainMs: 100, chunkedMs: 90 }, 20)
	// those that were timed, and those that stood behind others while the trial began
	expect(ways.filter(Boolean)).toHaveLength(6)
	expect(ways.at(-1)).toBe(false)
	expect(found).toEqual([{ plainMs: 100, chunkedMs: 90, isOn: false }])
})

test('A relay nearby is never tried', () => {
	const { ways, found } = go({ plainMs: 9, chunkedMs: 1 }, 50)
	expect(ways).not.toContain(true)
	expect(found).toEqual([])
})

test('It is tried again after an hour, as a relay or the way to it may change', () => {
	const trial = go({ plainMs: 100, chunkedMs: 90 }, 20)
	trial.clock.ms += 3_600_001
	go({ plainMs: 100, chunkedMs: 40 }, 20, trial)
	expect(trial.found.map(({ isOn }) => isOn)).toEqual([false, true])
	expect(trial.chunking.isOn()).toBe(true)
})

test('Messages that were under way when it was decided change nothing', () => {
	const trial = go({ plainMs: 100, chunkedMs: 50 }, 12)
	trial.chunking.note({ chunked: false, ms: 1 })
	expect(trial.chunking.isOn()).toBe(true)
})

test('A relay far away that answers each message at once is given chunks in the end, and keeps every message', async () => {
	let toldAt = 0
	// each reply leaves 10 ms after what it answers, however many are under way
	const script = (stage: SinkStage) =>
		stage === 'mail' || stage === 'data' || stage === 'message'
			? { afterMs: 10, answer: replyTo[stage] }
			: undefined
	const { sink, mailer } = await startPair(
		{ pipelining: true, extensions: ['CHUNKING'], script },
		{
			connections: 1,
			chunking: createChunkingTrial({
				messages: 6,
				onDecided: () => {
					toldAt = sink.accepted
				},
			}),
		},
	)
	const count = 30
	let next = 0
	const sendOn = async () => {
		while (next < count)
			expect(await mailer.send(message(`r${next++}@example.net`))).toMatchObject({ kind: 'accepted' })
	}
	await Promise.all([sendOn(), sendOn()])
	expect(new Set(sink.messages.map(({ to }) => to)).size).toBe(count)
	expect(toldAt).toBeGreaterThan(0)
	expect(sink.heard.filter((line) => line.startsWith('BDAT')).length).toBeGreaterThan(6)
	expect(sink.heard.filter((line) => line === 'DATA').length).toBeGreaterThanOrEqual(6)
})

const replyTo = { mail: '250 2.1.0 Ok', data: '354 go on', message: '250 2.0.0 taken' }
