import { type FileHandle, lstat, open, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../kernel/app-error.ts'

/**
 * Writes what comes into a new file, part by part, or over one that is there with `force`. Throws a sentence where it can't, and
 * where what comes breaks off: then no file is left, as nobody sees of a table that its end is missing.
 */
export async function writeParts(
	file: string,
	parts: AsyncIterable<Uint8Array>,
	{ force }: { force?: boolean },
): Promise<void> {
	const handle = await openNew(file, force)
	let brokeOff = false
	const watched = async function* () {
		try {
			yield* parts
		} catch (error) {
			brokeOff = true
			throw error
		}
	}
	try {
		await pipeline(watched(), handle.createWriteStream())
	} catch (cause) {
		await removeFile(file)
		if (brokeOff) throw new AppError('unavailable', 'cli.file.broken_off', { params: { file }, cause })
		throw unwritable(file, cause)
	}
}

async function openNew(file: string, force: boolean | undefined): Promise<FileHandle> {
	try {
		// what comes out of Envoi as a file holds addresses: it is for this account alone
		return await open(file, force ? 'w' : 'wx', 0o600)
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(file, cause)
		throw new AppError('conflict', 'cli.file.exists', { params: { file } })
	}
}

function unwritable(file: string, cause: unknown): AppError {
	const { code: reason = '' } = cause as NodeJS.ErrnoException
	return new AppError('invalid', 'cli.file.unwritable', { params: { file, reason }, cause })
}

/** Not what is no file: /dev/stdout. */
async function removeFile(file: string): Promise<void> {
	if ((await lstat(file)).isFile()) await rm(file, { force: true })
}
