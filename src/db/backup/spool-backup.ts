import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGunzip, createGzip } from 'node:zlib'

/**
 * Writes text into a file of its own in the folder first, and gives it from there: whoever reads slowly must not keep the
 * embedded database from everyone else. The file is gone afterwards.
 */
export async function* spoolBackup(text: AsyncIterable<string>, folder: string): AsyncGenerator<string> {
	const file = join(folder, `backup-${randomUUID()}.part`)
	try {
		const gzip = createGzip({ level: constants.Z_BEST_SPEED })
		await pipeline(Readable.from(text), gzip, createWriteStream(file, { flags: 'wx', mode: 0o600 }))
		const kept = createReadStream(file).on('error', (error) => unpacked.destroy(error))
		const unpacked: Readable = kept.pipe(createGunzip()).setEncoding('utf8')
		yield* unpacked
	} finally {
		await rm(file, { force: true })
	}
}
