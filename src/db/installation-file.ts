import { randomUUID } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseIdentity } from '../kernel/installation.ts'

const digits = 15

/**
 * Opens `installation-id` in a data folder, making it where it is missing: a line with the installation's id, a line with
 * the generation that the database has reached. It is only ever changed in place, so its inode and time of birth say
 * whether it is the file that it was: a folder that is copied or restored has another.
 */
export async function openInstallationFile(folder: string): Promise<Required<DatabaseIdentity>> {
	const path = join(folder, 'installation-id')
	const { id } = parse(await readOrMake(path))
	const { ino, birthtimeNs } = await stat(path, { bigint: true })
	return {
		id,
		place: `file:${ino}/${birthtimeNs}`,
		mark: {
			read: async () => parse(await readOrMake(path)).generation,
			raise: (generation) => write(path, 'r+', format(id, generation)),
		},
	}
}

async function readOrMake(path: string): Promise<string> {
	try {
		const file = await open(path, 'r')
		try {
			return await file.readFile('utf8')
		} finally {
			await file.close()
		}
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
		const made = format(randomUUID(), 0)
		await write(path, 'wx', made)
		return made
	}
}

/** All at once and always of the same length: a process that is killed leaves the old or the new. */
async function write(path: string, flag: 'r+' | 'wx', text: string): Promise<void> {
	const file = await open(path, flag, 0o600)
	try {
		await file.write(text, 0)
	} finally {
		await file.close()
	}
}

function format(id: string, generation: number): string {
	return `${id}\n${String(generation).padStart(digits, '0')}\n`
}

/** What can't be read is the id of no installation: sending is held. */
function parse(text: string): { id: string; generation: number | undefined } {
	const [id = '', generation = ''] = text.split('\n')
	return { id: id || 'unreadable', generation: /^\d+$/.test(generation) ? Number(generation) : undefined }
}
