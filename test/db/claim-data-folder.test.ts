import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimDataFolder, controlSocketPath, isClaimed } from '../../src/db/claim-data-folder.ts'

let folder: string

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-claim-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('a data folder', () => {
	it('is had by one process only, and the next is told which folder it is', async () => {
		const first = await claimDataFolder(folder)
		await expect(claimDataFolder(folder)).rejects.toMatchObject({
			code: 'conflict',
			message: 'errors.database.folder_in_use',
			params: { folder },
		})
		await first.release()
		const second = await claimDataFolder(folder)
		await second.release()
	})

	it('is free again after its process was killed and left the socket behind', async () => {
		await writeFile(controlSocketPath(folder), '')
		expect(await isClaimed(folder)).toBe(false)
		const claimed = await claimDataFolder(folder)
		expect(await isClaimed(folder)).toBe(true)
		await claimed.release()
	})

	it.each([0o000, 0o022, 0o077])(
		'has a socket that only this account may use, whatever the umask: %o',
		async (umask) => {
			const before = process.umask(umask)
			try {
				for (const each of [folder, join(folder, 'c'.repeat(120))]) {
					const claimed = await claimDataFolder(each)
					expect((await stat(controlSocketPath(each))).mode & 0o777).toBe(0o600)
					await claimed.release()
				}
			} finally {
				process.umask(before)
			}
		},
	)

	it('never answers in a folder for temporary files that others may write to', async () => {
		const before = process.env.TMPDIR
		process.env.TMPDIR = folder
		try {
			await mkdir(join(folder, `envoi-${userInfo().uid}`))
			await chmod(join(folder, `envoi-${userInfo().uid}`), 0o777)
			const deep = join(folder, 'd'.repeat(120))
			await expect(claimDataFolder(deep)).rejects.toMatchObject({ message: 'errors.folder.not_private' })
		} finally {
			if (before === undefined) delete process.env.TMPDIR
			else process.env.TMPDIR = before
		}
	})

	it('may have a path longer than a socket can have', async () => {
		const deep = join(folder, 'a'.repeat(120), 'b'.repeat(120))
		const claimed = await claimDataFolder(deep)
		expect(await isClaimed(deep)).toBe(true)
		await claimed.release()
	})
})
