import { createWriteStream } from 'node:fs'
import { lstat, rm } from 'node:fs/promises'
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
	let brokeOff = false
	const watched = async function* () {
		try {
			yield* parts
		} catch (error) {
			brokeOff = true
			throw error
		}
	}
	const stream = createWriteStream(file, { flags: force ? 'w' : 'wx' })
	let isOpen = false
	stream.once('open', () => {
		isOpen = true
	})
	try {
		await pipeline(watched(), stream)
	} catch (cause) {
		if (isOpen) await removeFile(file)
		const { code = '' } = cause as NodeJS.ErrnoException
		if (code === 'EEXIST') throw new AppError('conflict', 'cli.file.exists', { params: { file } })
		if (brokeOff) throw new AppError('unavailable', 'cli.file.broken_off', { params: { file }, cause })
		throw new AppError('invalid', 'cli.file.unwritable', { params: { file, reason: code }, cause })
	}
}

/** Not what is no file: /dev/stdout. */
async function removeFile(file: string): Promise<void> {
	if ((await lstat(file)).isFile()) await rm(file, { force: true })
}
