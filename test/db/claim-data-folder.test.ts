import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
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

	it('may have a path longer than a socket can have', async () => {
		const deep = join(folder, 'a'.repeat(120), 'b'.repeat(120))
		const claimed = await claimDataFolder(deep)
		expect(await isClaimed(deep)).toBe(true)
		await claimed.release()
	})
})
