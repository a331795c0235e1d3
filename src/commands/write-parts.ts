import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../kernel/app-error.ts'

/** Writes what comes into a new file, part by part, or over one that is there with `force`. Throws a sentence where it can't. */
export async function writeParts(
	file: string,
	parts: AsyncIterable<Uint8Array>,
	{ force }: { force?: boolean },
): Promise<void> {
	try {
		await pipeline(parts, createWriteStream(file, { flags: force ? 'w' : 'wx' }))
	} catch (cause) {
		const { code = '' } = cause as NodeJS.ErrnoException
		if (code === 'EEXIST') throw new AppError('conflict', 'cli.file.exists', { params: { file } })
		throw new AppError('invalid', 'cli.file.unwritable', { params: { file, reason: code }, cause })
	}
}
