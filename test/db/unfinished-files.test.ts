import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { writeBackupFile } from '../../src/db/backup/backup-file.ts'
import { keepTouched, removeAbandoned, unfinishedName } from '../../src/db/backup/unfinished-files.ts'

let folder: string
let file: string
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-parts-'))
	file = join(folder, 'all.backup')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const anHourAgo = () => new Date(Date.now() - 3_600_000)

async function leave(path: string, at: Date): Promise<string> {
	await writeFile(path, 'the beginning of a backup')
	await utimes(path, at, at)
	return basename(path)
}

test('The next backup to a place removes what one that was killed has left there, and nothing else', async () => {
	const abandoned = await leave(unfinishedName(file), anHourAgo())
	const kept = [
		await leave(unfinishedName(file), new Date()),
		await leave(unfinishedName(`${file}2`), anHourAgo()),
		await leave(unfinishedName(`${file}.old`), anHourAgo()),
		await leave(`${file}.mine.part`, anHourAgo()),
	]
	// one that breaks off does it, too
	await expect(writeBackupFile(file, (async function* () {})(), {})).rejects.toThrow()
	expect((await readdir(folder)).sort()).toEqual(kept.sort())
	expect(kept).not.toContain(abandoned)
})

test('One that is being worked on is not taken for abandoned, however long it takes', async () => {
	const path = unfinishedName(file)
	await leave(path, anHourAgo())
	vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
	const leaveUntouched = keepTouched(path)
	try {
		vi.advanceTimersByTime(30_000)
		await expect.poll(async () => (await stat(path)).mtimeMs).toBeGreaterThan(Date.now() - 60_000)
	} finally {
		leaveUntouched()
		vi.useRealTimers()
	}
	await removeAbandoned(file)
	expect(await readdir(folder)).toEqual([basename(path)])
})
