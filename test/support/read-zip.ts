import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { type Entry, fromBuffer, type Options, type ZipFile } from 'yauzl'

const open: (bytes: Buffer, options: Options) => Promise<ZipFile> = promisify(fromBuffer)

/** The files of a ZIP archive by their names, each read and checked to its end. */
export async function readZip(bytes: Buffer): Promise<Map<string, string>> {
	const zip = await open(bytes, { lazyEntries: true })
	const openStream = promisify(zip.openReadStream.bind(zip)) as (
		entry: Entry,
	) => Promise<NodeJS.ReadableStream>
	const files = new Map<string, string>()
	return new Promise((resolve, reject) => {
		zip.on('error', reject)
		zip.on('end', () => resolve(files))
		zip.on('entry', async (entry: Entry) => {
			try {
				files.set(entry.fileName, await text(await openStream(entry)))
				zip.readEntry()
			} catch (error) {
				reject(error)
			}
		})
		zip.readEntry()
	})
}
