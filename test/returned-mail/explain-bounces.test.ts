import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explainBounces } from '../../src/commands/bounce.ts'
import { sampleReports } from './sample-reports.ts'

describe('envoi bounce explain', () => {
	let folder = ''
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'envoi-bounces-'))
	})
	afterAll(() => rm(folder, { recursive: true, force: true }))

	const explain = async (files: string[]) => {
		let out = ''
		let err = ''
		const io = {
			stdout: { write: (text: string) => (out += text) },
			stderr: { write: (text: string) => (err += text) },
		}
		return { exitCode: await explainBounces(files, io, 'fr'), lines: out.split('\n').filter(Boolean), err }
	}

	it('prints one JSON line a file, with these fields and no others', async () => {
		const file = join(folder, 'report.eml')
		await writeFile(file, sampleReports[0]?.raw ?? '')
		const { exitCode, lines } = await explain([file, file])
		expect({ exitCode, lines: lines.length }).toEqual({ exitCode: 0, lines: 2 })
		const line = JSON.parse(lines[0] ?? '')
		expect(Object.keys(line)).toEqual(['file', 'kind', 'recipients', 'feedbackType'])
		expect(Object.keys(line.recipients[0])).toEqual([
			'address',
			'class',
			'hard',
			'status',
			'reply',
			'diagnostic',
		])
		expect(line).toMatchObject({ file, kind: 'bounce', feedbackType: null })
		expect(line.recipients[1]).toMatchObject({
			address: 'second@example.org',
			class: 'mailbox-full',
			hard: false,
			status: '5.2.2',
			reply: '552',
		})
	})

	it('goes on after a file that can’t be read, says so and ends with 1', async () => {
		const file = join(folder, 'empty.eml')
		await writeFile(file, '')
		const { exitCode, lines, err } = await explain([join(folder, 'missing.eml'), file])
		expect(exitCode).toBe(1)
		expect(err).toBe(`Le fichier ${join(folder, 'missing.eml')} ne peut pas être lu. (ENOENT)\n`)
		expect(JSON.parse(lines[0] ?? '')).toEqual({ file, kind: 'none', recipients: [], feedbackType: null })
	})
})
