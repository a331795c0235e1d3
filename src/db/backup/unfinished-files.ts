import { randomUUID } from 'node:crypto'
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

const touchedEveryMs = 30_000
/** Who writes one says so much more often, wherever it runs: process numbers mean nothing to other machines and containers. */
const abandonedAfterMs = 600_000

/** Where a backup is written until it is whole: another one may be written to the same place meanwhile. */
export function unfinishedName(file: string): string {
	return `${file}.${randomUUID()}.part`
}

/** Shows others that an unfinished file is being worked on, also while it is only read again. Ends with what it gives. */
export function keepTouched(unfinished: string): () => void {
	const touch = () => {
		const now = new Date()
		// there is none yet, or no more
		utimes(unfinished, now, now).catch(() => {})
	}
	const timer = setInterval(touch, touchedEveryMs).unref()
	return () => clearInterval(timer)
}

/** Removes what backups to the same place have left that were killed. What can't be removed stays. */
export async function removeAbandoned(file: string): Promise<void> {
	const folder = dirname(file)
	const names = await readdir(folder).catch(() => [])
	for (const name of names.filter((each) => isUnfinished(each, basename(file)))) {
		const path = join(folder, name)
		const found = await stat(path).catch(() => undefined)
		if (!found?.isFile() || Date.now() - found.mtimeMs < abandonedAfterMs) continue
		await rm(path, { force: true }).catch(() => {})
	}
}

function isUnfinished(name: string, whole: string): boolean {
	return (
		name.startsWith(`${whole}.`) &&
		/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.part$/.test(name.slice(whole.length + 1))
	)
}
