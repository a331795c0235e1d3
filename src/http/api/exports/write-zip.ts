import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

/** A file of an archive; its text is made when it is its turn. */
export type FileOfZip = { name: string; parts: AsyncIterable<string> | Iterable<string> }

/**
 * Files as a ZIP archive (with ZIP64 where they are large), part by part: one is made and compressed after the other, none is
 * held as a whole. Throws where the making of one fails. `at`: the time that the files have.
 */
export async function* writeZip(files: readonly FileOfZip[], at: Date): AsyncGenerator<Uint8Array> {
	const zip = new ZipFile()
	const archive = zip.outputStream as Readable
	const opened: Readable[] = []
	const fail = (error: Error) => archive.destroy(error)
	zip.on('error', fail)
	for (const { name, parts } of files) {
		zip.addReadStreamLazy(name, { mtime: at }, (take) => {
			const stream = Readable.from(toBytes(parts), { objectMode: false })
			opened.push(stream)
			stream.on('error', fail)
			take(null, stream)
		})
	}
	zip.end()
	try {
		for await (const part of archive) yield part
	} finally {
		for (const stream of opened) stream.destroy()
	}
}

async function* toBytes(parts: FileOfZip['parts']): AsyncGenerator<Buffer> {
	for await (const part of parts) yield Buffer.from(part)
}
