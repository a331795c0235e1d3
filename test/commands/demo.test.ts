import { describe, expect, it } from 'vitest'
import { runEnvoi } from '../support/run-envoi.ts'

describe('envoi demo --once', { timeout: 120_000 }, () => {
	it('shows the main job, from a visitor’s click to a digest in the inbox and out again', async () => {
		const demo = runEnvoi(['demo', '--once'])
		const code = await demo.ended
		expect(demo.written()).toContain('All as it must be.')
		expect(demo.written()).not.toContain('✗')
		expect(code).toBe(0)
	})
})
