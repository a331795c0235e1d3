import { describe, expect, it } from 'vitest'
import { readReport } from '../../src/bounces/index.ts'
import { hostileMails } from './hostile-mails.ts'

// of this process’s own time, so that a busy machine changes nothing
const maxMs = 1_000

describe('readReport on hostile mail', () => {
	it.each(hostileMails)('answers in under a second: %s', (_, build) => {
		const raw = build()
		const start = process.cpuUsage()
		const { recipients, kind } = readReport(raw)
		const { user, system } = process.cpuUsage(start)
		expect((user + system) / 1_000).toBeLessThan(maxMs)
		expect(kind).toMatch(/^(?:bounce|complaint|delivered|auto-reply|none)$/)
		expect(recipients.length).toBeLessThanOrEqual(500)
	})

	it('finds the report behind 20 MB of returned message', () => {
		const behind = hostileMails.find(([name]) => name === '20 MB before the report')?.[1]() ?? Buffer.alloc(0)
		expect(readReport(behind).recipients).toMatchObject([{ address: 'a@b.example', hard: true }])
	})
})
