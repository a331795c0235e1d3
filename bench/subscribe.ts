import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { Pool } from 'undici'
import { makeChallenge } from '../src/subscriptions/index.ts'
import { findServers } from '../test/support/find-servers.ts'
import { freePort } from '../test/support/run-envoi.ts'
import { type Part, startScript } from './parts/children.ts'
import type { Engine } from './parts/measure-engine.ts'
import { median, percentile, type Row, report } from './parts/report.ts'
import { withEngine } from './parts/with-engine.ts'

// How many sign-ups a second one process takes over HTTP, beside a bare Express handler that checks and inserts into the same
// database: each in turn, each on a process of its own, by as many connections as keep it busy. No workers run.

// usage: subscribe.ts [ROUNDS [SIGN-UPS A RUN [CONNECTIONS]]]
const given = (at: number, usual: number) => Number(process.argv[2 + at] ?? usual)
const [rounds, many, connections] = [given(0, 5), given(1, 15_000), given(2, 64)]
const results = fileURLToPath(new URL('results.md', import.meta.url))

const kinds = ['bare', 'without', 'alone', 'always'] as const
type Kind = (typeof kinds)[number]
const words: Record<Kind, { what: string; target?: number }> = {
	bare: { what: 'Express, zod, one insert' },
	without: { what: 'Envoi, no challenge asked', target: 0.7 },
	// a challenge is asked for while the form is filled in: another request, which the bare handler has none of
	alone: { what: 'Envoi, with the solution of a challenge', target: 0.5 },
	always: { what: '… their challenges fetched in the same time' },
}

const servers = findServers()
if (servers.missing.length > 0) console.log(`subscribe: left out, for lack of ${servers.missing.join(', ')}`)
else {
	await withEngine({ large: 10 }, measureSignups)
	process.exit()
}

/** CPU in milliseconds a sign-up: of the process itself, and of PostgreSQL and Redis. */
type Run = { rate: number; times: number[]; cpuMs: number; serversMs: number }

async function measureSignups(engine: Engine): Promise<void> {
	const runs: Record<Kind, Run[]> = { bare: [], without: [], always: [], alone: [] }
	const ports = { bare: await freePort(), without: await freePort(), always: await freePort() }
	const always = await engine.startApi(ports.always, { SIGNUP_CHALLENGE: 'always' })
	const parts: Record<Kind, Part> = {
		bare: await startScript('bare-signups.ts', 'bare', {
			DATABASE_URL: engine.environment.DATABASE_URL ?? '',
			PORT: String(ports.bare),
		}),
		without: await engine.startApi(ports.without),
		always,
		alone: always,
	}
	const pools = Object.fromEntries(
		kinds.map((kind) => {
			const port = ports[kind === 'alone' ? 'always' : kind]
			return [kind, new Pool(`http://127.0.0.1:${port}`, { connections })]
		}),
	)
	for (let round = -1; round < rounds; round++) {
		for (const kind of kinds) {
			// Node compiles what runs often only after a while
			const run = await measureRun(engine, { kind, pool: pools[kind] as Pool, part: parts[kind], round })
			if (round >= 0) runs[kind].push(run)
		}
	}
	report(results, { rows: kinds.map((kind) => rowOf(kind, runs)), notes: notes(runs) })
	for (const pool of Object.values(pools)) await pool.close()
	for (const part of new Set(Object.values(parts))) await part.stop()
}

type Asked = { kind: Kind; pool: Pool; part: Part; round: number }

async function measureRun(engine: Engine, { kind, pool, part, round }: Asked): Promise<Run> {
	const solutions = kind === 'always' || kind === 'alone' ? await solveMany(engine, many) : []
	const { slug } = engine.usual
	const path = kind === 'bare' ? '/subscriptions' : `/api/v1/newsletters/${slug}/subscriptions`
	const times: number[] = []
	let next = 0
	const signUp = async () => {
		for (let index = next++; index < many; index = next++) {
			const begun = performance.now()
			// what it holds was solved before: the computing of that many browsers is not this server's
			if (kind === 'always') await ask(pool, 'GET', `/api/v1/newsletters/${slug}/challenge`, 200)
			const email = `${kind}-${round + 1}-${index}@visitors${index % 50}.example`
			await ask(pool, 'POST', path, 202, { email, locale: 'en', altcha: solutions[index] })
			times.push(performance.now() - begun)
		}
	}
	const [cpuBefore, serversBefore, begun] = [await part.used(), serversOf(engine), performance.now()]
	await Promise.all(Array.from({ length: connections }, signUp))
	const seconds = (performance.now() - begun) / 1_000
	const [cpuAfter, serversAfter] = [await part.used(), serversOf(engine)]
	const perSignUp = (before: number, after: number) => (1_000 * (after - before)) / many
	return {
		...{ rate: many / seconds, times },
		cpuMs: perSignUp(cpuBefore.cpuSeconds, cpuAfter.cpuSeconds),
		serversMs: perSignUp(serversBefore, serversAfter),
	}
}

function serversOf(engine: Engine): number {
	const { database, redis } = engine.serversUsed()
	return database + redis
}

async function ask(
	pool: Pool,
	method: 'GET' | 'POST',
	path: string,
	expected: number,
	sent?: object,
): Promise<void> {
	const headers = sent ? { 'content-type': 'application/json' } : {}
	const { statusCode, body } = await pool.request({
		...{ method, path, headers },
		...(sent && { body: JSON.stringify(sent) }),
	})
	const text = await body.text()
	if (statusCode !== expected) throw new Error(`${method} ${path} was answered ${statusCode}: ${text}`)
}

/** Challenges that fit the first key that is tried. */
async function solveMany({ app, usual }: Engine, count: number): Promise<string[]> {
	const solved: string[] = []
	for (let index = 0; index < count; index++) {
		const challenge = await makeChallenge(app, usual.id, 0)
		const solution = await solveChallenge({ challenge, deriveKey })
		solved.push(Buffer.from(JSON.stringify({ challenge, solution })).toString('base64'))
	}
	return solved
}

function rowOf(kind: Kind, runs: Record<Kind, Run[]>): Row {
	const rate = median(runs[kind].map((run) => run.rate))
	const p99 = percentile(
		runs[kind].flatMap(({ times }) => times),
		0.99,
	)
	const cpuMs = median(runs[kind].map((run) => run.cpuMs))
	const serversMs = median(runs[kind].map((run) => run.serversMs))
	const measured = `${rate.toFixed(0)}/s, p99 ${p99.toFixed(1)} ms, CPU ${cpuMs.toFixed(2)} + ${serversMs.toFixed(2)} ms`
	const { what, target } = words[kind]
	if (kind === 'bare') return { what, measured, ratio: '1' }
	// in pairs, as the machine's speed drifts
	const ratio = median(runs[kind].map((run, round) => run.rate / (runs.bare[round]?.rate ?? Number.NaN)))
	return {
		...{ what, measured, ratio: ratio.toFixed(2) },
		...(target !== undefined && { target: `≥ ${target}`, isMet: ratio >= target }),
	}
}

function notes(runs: Record<Kind, Run[]>): string[] {
	return [
		`${many} sign-ups of new addresses a run over ${connections} connections, ${rounds} rounds in turns; medians, ratios in pairs`,
		`one process each, PostgreSQL with fsync, all with who asks on the same cores; bare from ${Math.min(...runs.bare.map(({ rate }) => rate)).toFixed(0)} to ${Math.max(...runs.bare.map(({ rate }) => rate)).toFixed(0)}/s`,
		`load of the machine at the end: ${loadavg()[0]?.toFixed(1)}`,
	]
}
