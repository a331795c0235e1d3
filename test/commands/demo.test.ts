import { describe, expect, it } from 'vitest'
import { runCommand } from '../support/run-command.ts'

describe('envoi demo --once', { timeout: 120_000 }, () => {
	it('shows the main job, from a visitor’s click to a digest in the inbox and out again', async () => {
		const { code, text } = await runCommand(['demo', '--once'])
		expect(text).toContain('All as it must be.')
		expect(text).not.toContain('✗')
		expect(code).toBe(0)
	})
})
