import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { type DigestProgress, digestProgress, triggerDigest } from '../../src/digests/index.ts'
import { operator } from '../../src/kernel/actor.ts'
import { makeRsaKey } from '../support/dkim-keys.ts'
import { makeNewsletter, makeReaders, makeStory } from '../support/make-newsletter.ts'
import { type RunningEnvoi, runEnvoi } from '../support/run-envoi.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'
import { startPostgres, startRedis } from '../support/start-servers.ts'

const readers = 300
const connections = 4
const twoDays = 172_800
const slow = { timeout: 30_000 }
const long = { timeout: 90_000 }
const skew = new URL('../support/skew-clock.ts', import.meta.url)

type Worker = RunningEnvoi & { lines(): Array<Record<string, unknown>> }

// the servers are its own, as the queues of `envoi serve` have one name; clocks differ only from a server's
describe.runIf(inject('parts') === 'servers')('Workers two days ahead and two days behind', () => {
	let sink: SmtpSink
	let app: App
	let newsletterId: number
	let ahead: Worker
	let behind: Worker
	let closers: Array<() => Promise<unknown> | unknown>

	beforeAll(async () => {
		closers = []
		const folder = await mkdtemp(join(tmpdir(), 'envoi-clock-'))
		closers.push(() => rm(folder, { recursive: true, force: true }))
		const postgres = await startPostgres(folder, { database: 'envoi', settings: ['fsync=off'] })
		closers.push(() => postgres.stop())
		const redis = await startRedis(folder)
		closers.push(() => redis.stop())
		sink = await startSmtpSink({
			// so that both have their share
			script: (stage) => (stage === 'message' ? { afterMs: 20, answer: '250 2.0.0 Ok' } : undefined),
		})
		closers.push(() => sink.close())
		const settings = {
			DATABASE_URL: postgres.url,
			REDIS_URL: redis.url,
			SMTP_URL: sink.url,
			SMTP_CONNECTIONS: String(connections),
			SECRET_KEY: 'a secret key of the tests, 32 characters or more',
			DKIM_DOMAIN: 'charity.example',
			DKIM_SELECTOR: 'rsa',
			DKIM_PRIVATE_KEY: makeRsaKey('charity.example').privateKey,
		}
		app = await openApp(readConfig({ ...settings, LOG_LEVEL: 'silent' }))
		closers.push(() => app.close())
		newsletterId = (await makeNewsletter(app)).id
		await makeReaders(app, newsletterId, readers)
		ahead = startWorker(settings, twoDays)
		closers.push(() => stop(ahead))
		behind = startWorker(settings, -twoDays)
		closers.push(() => stop(behind))
		await Promise.all([ahead.wrote('Envoi runs'), behind.wrote('Envoi runs')])
	})
	afterAll(async () => {
		for (const close of closers.reverse()) await close()
	})

	async function trigger(): Promise<number> {
		sink.messages.length = 0
		await makeStory(app, newsletterId)
		const triggered = await triggerDigest(app, newsletterId, { by: operator })
		if (triggered.kind !== 'created') throw new Error(triggered.kind)
		return triggered.digest.id
	}
	const progressOf = (digestId: number): Promise<DigestProgress> => digestProgress(app, digestId)

	it('mail everybody once, at the true time, and say that their clocks are wrong', long, async () => {
		const digestId = await trigger()
		await expect.poll(async () => (await progressOf(digestId)).digest.state, slow).toBe('completed')

		expect(await progressOf(digestId)).toMatchObject({
			planned: readers,
			accepted: readers,
			inDoubt: 0,
			due: 0,
			balanced: true,
		})
		expect(sink.messages).toHaveLength(readers)
		expect(new Set(sink.messages.map(({ to }) => to)).size).toBe(readers)
		const now = Date.now()
		for (const { raw } of sink.messages) {
			expect(Math.abs(dateOf(raw) - now)).toBeLessThan(60_000)
			expect(Math.abs(signedAt(raw) - now)).toBeLessThan(60_000)
		}
		await expect.poll(() => acceptedBy(ahead) + acceptedBy(behind), slow).toBe(readers)
		expect(acceptedBy(ahead)).toBeGreaterThan(0)
		expect(acceptedBy(behind)).toBeGreaterThan(0)

		expect(warnings(ahead)).toEqual([
			expect.stringMatching(/is 17\d{4} seconds ahead of the database’s.*NTP/),
		])
		expect(warnings(behind)).toEqual([expect.stringMatching(/is 17\d{4} seconds behind the database’s.*NTP/)])
		expect(Math.round((await clockOffset(ahead)) / 10)).toBe(twoDays / 10)
		expect(Math.round((await clockOffset(behind)) / 10)).toBe(-twoDays / 10)
	})

	// the last: there is one worker after it
	it('doubt what a killed one had begun when its lease ends by the clock of the database', long, async () => {
		const digestId = await trigger()
		await sink.untilAccepted(sink.accepted + 60)
		ahead.process.kill('SIGKILL')
		await ahead.ended
		await expect
			.poll(async () => lanesOf(behind).length > 0 && (await isLeftAlone(digestId)), slow)
			.toBe(true)

		await reconcile()
		const left = await progressOf(digestId)
		expect(left).toMatchObject({ inDoubt: 0, balanced: true, digest: { state: 'sending' } })
		expect(left.sending).toBeGreaterThan(0)
		expect(left.sending).toBeLessThanOrEqual(connections * 2)
		expect(await longestLease(digestId)).toBeLessThanOrEqual(60)

		await leaveLeases(digestId, 30)
		await reconcile()
		expect(await progressOf(digestId)).toMatchObject({ inDoubt: 0, sending: left.sending })
		await leaveLeases(digestId, 0)
		await reconcile()
		expect(await progressOf(digestId)).toMatchObject({
			accepted: readers - left.sending,
			inDoubt: left.sending,
			due: 0,
			balanced: true,
			digest: { state: 'completed' },
		})
		expect(new Set(sink.messages.map(({ to }) => to)).size).toBe(sink.messages.length)
	})

	async function isLeftAlone(digestId: number): Promise<boolean> {
		const { due, sending } = await progressOf(digestId)
		return due === sending
	}

	/** In seconds from now by the database's clock. */
	async function longestLease(digestId: number): Promise<number | undefined> {
		const { rows } = await sql<{ seconds: number }>`
			select extract(epoch from max(lease_until) - clock_timestamp())::float8 as seconds from deliveries
			where digest_id = ${digestId} and state = 'sending'`.execute(app.db)
		return rows[0]?.seconds
	}

	/** Lets time pass until leases last no longer than this. */
	async function leaveLeases(digestId: number, seconds: number): Promise<void> {
		await sql`
			update deliveries set lease_until = clock_timestamp() + make_interval(secs => ${seconds})
			where digest_id = ${digestId} and state = 'sending'`.execute(app.db)
	}

	/** Has the worker that is left look for leases that have run out. */
	async function reconcile(): Promise<void> {
		await app.jobs.enqueue('reconcile', {})
		await expect
			.poll(async () => {
				const upkeep = (await app.jobs.count()).find(({ queue }) => queue === 'upkeep')
				return upkeep && upkeep.waiting + upkeep.active
			}, slow)
			.toBe(0)
	}
})

function startWorker(settings: Record<string, string>, skewSeconds: number): Worker {
	const running = runEnvoi(['serve', '--roles', 'workers'], {
		...settings,
		PORT: '0',
		NODE_OPTIONS: `--import ${skew}`,
		CLOCK_SKEW_SECONDS: String(skewSeconds),
	})
	return {
		...running,
		lines: () =>
			running
				.written()
				.split('\n')
				.filter((line) => line.startsWith('{'))
				.map((line) => JSON.parse(line)),
	}
}

async function stop(worker: Worker): Promise<void> {
	worker.process.kill('SIGTERM')
	await worker.ended
}

function warnings(worker: Worker): unknown[] {
	return worker
		.lines()
		.filter(({ level, msg }) => level === 40 && String(msg).includes('clock'))
		.map(({ msg }) => msg)
}

/** The lanes that a worker has worked to their end. */
function lanesOf(worker: Worker): Array<Record<string, unknown>> {
	return worker.lines().filter(({ msg }) => msg === 'a lane came to its end')
}

function acceptedBy(worker: Worker): number {
	return lanesOf(worker).reduce((sum, { accepted }) => sum + Number(accepted), 0)
}

async function clockOffset(worker: Worker): Promise<number> {
	const port = worker.lines().find(({ msg }) => msg === 'listening')?.port
	const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
	return Number(/^envoi_clock_offset_seconds (.*)$/m.exec(await answer.text())?.[1])
}

function dateOf(raw: string): number {
	return Date.parse(/^Date: (.*)$/m.exec(raw)?.[1] ?? '')
}

/** When the DKIM signature says that it was made (RFC 6376 §3.5). */
function signedAt(raw: string): number {
	return 1_000 * Number(/\bt=(\d+);/.exec(raw)?.[1])
}
