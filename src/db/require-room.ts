import { statfs } from 'node:fs/promises'

// what a handful of statements and their write-ahead log may need
const leastBytes = 4_000_000

/** Rejects with ENOSPC where the disk of a folder is so full that the embedded database in it can soon store nothing. */
export async function requireRoom(folder: string): Promise<void> {
	const { bavail, bsize } = await statfs(folder)
	if (bavail * bsize >= leastBytes) return
	throw Object.assign(new Error('the disk of the data folder is full'), { code: 'ENOSPC' })
}
