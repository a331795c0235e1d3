import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCommandContext } from '../../src/commands/command-context.ts'
import { followDigest } from '../../src/commands/follow-digest.ts'
import { createStaffClient, type StaffClient } from '../../src/commands/staff-client.ts'
import type { ProgressEvent } from '../../src/http/api/digests/digest-events.ts'

const start: ProgressEvent = {
	state: 'sending',
	planned: 2_000,
	accepted: 0,
	refused: 0,
	inDoubt: 0,
	due: 2_000,
	sending: 0,
	bounced: 0,
	complained: 0,
	rate: null,
	secondsLeft: null,
	stalled: false,
	stalledSince: null,
}
const middle: ProgressEvent = {
	...start,
	accepted: 990,
	refused: 8,
	inDoubt: 2,
	due: 1_000,
	rate: 12.5,
	secondsLeft: 4_805,
}
const end: ProgressEvent = { ...middle, state: 'completed', accepted: 1_990, due: 0, secondsLeft: 0 }

const say = (response: ServerResponse, event: string, data: ProgressEvent) =>
	response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)

let folder: string
let server: Server
let client: StaffClient
let written: string
/** What each stream says, one after the other. */
let streams: Array<(response: ServerResponse) => void>

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-follow-'))
	written = ''
	streams = []
	server = createServer((request, response) => {
		response.setHeader('X-Request-Id', '1')
		if (!request.url?.endsWith('/events')) return void response.end('{"id": 7}')
		response.writeHead(200, { 'Content-Type': 'text/event-stream' })
		response.write('retry: 3000\n\n')
		streams.shift()?.(response)
	})
	await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve))
	client = createStaffClient(join(folder, 'socket'), 'en')
})
afterEach(async () => {
	vi.useRealTimers()
	server.closeAllConnections()
	server.close()
	await rm(folder, { recursive: true, force: true })
})

function contextOf({ isTTY = false, columns = 200, lang = 'en' } = {}) {
	vi.stubEnv('LC_ALL', lang)
	const write = (text: string) => {
		written += text
	}
	const stderr = { isTTY, columns, write }
	const context = createCommandContext({ stdout: process.stdout, stderr: stderr as never }, (field) => field)
	vi.unstubAllEnvs()
	return context
}

describe('following a digest', () => {
	it('draws one line anew in a terminal, with all that matters', async () => {
		streams.push((response) => {
			say(response, 'progress', start)
			say(response, 'progress', middle)
			say(response, 'completed', end)
			response.end()
		})
		const followed = await followDigest(client, 7, contextOf({ isTTY: true }))
		expect(followed).toEqual({ progress: { id: 7 }, waiting: false })
		const lines = written.split('\r\u001b[2K')
		expect(lines.slice(1)).toEqual([
			`[${'░'.repeat(24)}] 0 of 2,000 · 0 accepted, 0 refused, 0 in doubt, 2,000 due`,
			`[${'█'.repeat(12)}${'░'.repeat(12)}] 1,000 of 2,000 · 990 accepted, 8 refused, 2 in doubt, 1,000 due · 12.5/s · 1 hr 20 min left`,
			`[${'█'.repeat(24)}] 2,000 of 2,000 · 1,990 accepted, 8 refused, 2 in doubt, 0 due · 12.5/s · 0 sec left\n`,
		])
	})

	it('never breaks the line of a narrow terminal', async () => {
		streams.push((response) => response.end(say(response, 'completed', end) && undefined))
		await followDigest(client, 7, contextOf({ isTTY: true, columns: 40 }))
		expect(written.replace('\r\u001b[2K', '').trimEnd()).toHaveLength(39)
	})

	it('writes a plain line every 10 seconds elsewhere, and how it ended, in the person’s language', async () => {
		vi.useFakeTimers({ toFake: ['Date'] })
		const context = contextOf({ lang: 'fr_CA.UTF-8' })
		streams.push((response) => {
			for (const accepted of [0, 1, 2]) say(response, 'progress', { ...start, accepted })
			say(response, 'completed', { ...end, stalledSince: null })
			response.end()
		})
		await followDigest(client, 7, context)
		const lines = written
			.trimEnd()
			.replaceAll(/[\u00a0\u202f]/g, ' ')
			.split('\n')
		expect(lines).toHaveLength(2)
		expect(lines[0]).toContain('acceptés : 0, refusés : 0, en doute : 0, dus : 2 000')
		expect(lines[1]).toContain('acceptés : 1 990')
		expect(lines[1]).toContain('encore 0 s')
		expect(written).not.toContain('\u001b')
	})

	it('says since when there is no progress', async () => {
		streams.push((response) => {
			say(response, 'completed', { ...end, stalled: true, stalledSince: '2025-05-01T09:00:00.000Z' })
			response.end()
		})
		await followDigest(client, 7, contextOf())
		expect(written).toMatch(/ · no progress since \d/)
	})

	it('asks again when the process that answered is gone, in the middle of a word too', async () => {
		streams.push((response) => {
			say(response, 'progress', start)
			response.write('event: prog', () => response.destroy())
		})
		streams.push((response) => {
			say(response, 'completed', end)
			response.end()
		})
		expect((await followDigest(client, 7, contextOf())).waiting).toBe(false)
		expect(streams).toEqual([])
		expect(written).toContain('1,990 accepted')
	})

	it('waits no longer than a minute for what is put off, unless it was told to stay', async () => {
		vi.useFakeTimers({ toFake: ['Date'] })
		const putOff = (response: ServerResponse) => {
			say(response, 'progress', middle)
			const heartbeat = setInterval(() => {
				vi.setSystemTime(Date.now() + 15_000)
				response.write(':\n\n')
			}, 5)
			response.on('close', () => clearInterval(heartbeat))
			return heartbeat
		}
		streams.push((response) => void putOff(response))
		expect((await followDigest(client, 7, contextOf())).waiting).toBe(true)
		streams.push((response) => {
			putOff(response)
			setTimeout(() => response.end(say(response, 'completed', end) && undefined), 100)
		})
		expect((await followDigest(client, 7, contextOf(), { staysOn: true })).waiting).toBe(false)
	})
})
