import { statfsSync } from 'node:fs'

// of the write-ahead log, https://www.postgresql.org/docs/current/wal-internals.html
const segmentBytes = 16 * 1_024 * 1_024

/**
 * How much the embedded database needs free. Where it can't make the next segment of its log it never comes back from the statement,
 * and the whole process with it: so it must not come to that.
 */
const leastBytes = {
	read: segmentBytes + 4_000_000,
	write: 2 * segmentBytes + 4_000_000,
}

/** How much is free on the disk of a folder, in bytes. */
export function freeBytesOf(folder: string): number {
	const { bavail, bsize } = statfsSync(folder)
	return bavail * bsize
}

/** Whether there is room for what the embedded database is asked to do. */
export function hasRoom(freeBytes: number, need: 'read' | 'write'): boolean {
	return freeBytes >= leastBytes[need]
}

/** Throws ENOSPC where so little is free that the embedded database must not be asked to do this. */
export function requireRoom(freeBytes: number, need: 'read' | 'write'): void {
	if (hasRoom(freeBytes, need)) return
	throw Object.assign(new Error('the disk of the data folder is full'), { code: 'ENOSPC' })
}
