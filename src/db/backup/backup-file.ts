import { createReadStream, createWriteStream } from 'node:fs'
import { access, open, rename, rm } from 'node:fs/promises'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { createGunzip, createGzip } from 'node:zlib'
import { AppError } from '../../kernel/app-error.ts'
import { type BackupKey, canDecrypt, decrypterFor, encrypterFor } from './backup-key.ts'
import { type BackupSummary, checkBackup, damaged } from './read-backup.ts'
import { keepTouched, removeAbandoned, unfinishedName } from './unfinished-files.ts'

const ageHeader = 'age-encryption.org/'

/**
 * Writes a backup into a file, compressed and, with a key, encrypted; then reads the file again. It has its name only once it is
 * whole and on the disk. What was there before stays where anything fails, and is refused without `force`. What a backup to the same
 * place has left that was killed goes.
 */
export async function writeBackupFile(
	file: string,
	text: AsyncIterable<Uint8Array>,
	{ key, force }: { key?: BackupKey | undefined; force?: boolean | undefined },
): Promise<BackupSummary & { bytes: number }> {
	if (!force && (await exists(file))) throw new AppError('conflict', 'cli.file.exists', { params: { file } })
	await removeAbandoned(file)
	const unfinished = unfinishedName(file)
	const leaveUntouched = keepTouched(unfinished)
	try {
		// as it comes in, too: with a recipient alone the file can't be read again
		const [written, seen] = twice(text)
		const [, summary] = await Promise.all([
			writePacked(unfinished, written, key).catch((cause: NodeJS.ErrnoException) => {
				throw cause instanceof AppError ? cause : unwritable(file, cause)
			}),
			checkBackup(seen),
		])
		const bytes = await sync(unfinished)
		if (!key || canDecrypt(key)) await checkBackup(readBackupFile(unfinished, key))
		await rename(unfinished, file)
		return { ...summary, bytes }
	} catch (error) {
		await rm(unfinished, { force: true })
		throw error
	} finally {
		leaveUntouched()
	}
}

/** The text of a backup's file. Throws an AppError where it can't be read, is encrypted and no key fits, or is damaged. */
export async function* readBackupFile(file: string, key: BackupKey | undefined): AsyncGenerator<string> {
	const gunzip = createGunzip()
	let source: Readable | undefined
	try {
		const encrypted = (await firstBytes(file)).startsWith(ageHeader)
		if (encrypted && !key) throw new AppError('invalid', 'errors.backup.needs_key')
		source = createReadStream(file).on('error', (error) => gunzip.destroy(error))
		const packed = encrypted && key ? await decrypt(source, key) : source
		packed.on('error', (error: Error) => gunzip.destroy(error))
		yield* packed.pipe(gunzip).setEncoding('utf8')
	} catch (cause) {
		throw explain(file, cause)
	} finally {
		source?.destroy()
		gunzip.destroy()
	}
}

async function decrypt(source: Readable, key: BackupKey): Promise<Readable> {
	const stream = Readable.toWeb(source) as globalThis.ReadableStream<Uint8Array<ArrayBuffer>>
	const decrypter = await decrypterFor(key)
	try {
		return Readable.fromWeb((await decrypter.decrypt(stream)) as unknown as ReadableStream)
	} catch (cause) {
		throw new AppError('invalid', 'errors.backup.key_wrong', { cause })
	}
}

async function writePacked(file: string, text: AsyncIterable<Uint8Array>, key: BackupKey | undefined) {
	const target = () => createWriteStream(file, { flags: 'w', mode: 0o600 })
	const gzip = createGzip({ level: 3 })
	if (!key) return pipeline(Readable.from(text), gzip, target())
	const encrypter = await encrypterFor(key)
	const feeding = pipeline(Readable.from(text), gzip)
	const packed = Readable.toWeb(gzip) as globalThis.ReadableStream<Uint8Array<ArrayBuffer>>
	const sealed = Readable.fromWeb((await encrypter.encrypt(packed)) as unknown as ReadableStream)
	await Promise.all([feeding, pipeline(sealed, target())])
}

/** The same parts for two readers, as bytes and as text; the slower is waited for. */
function twice(text: AsyncIterable<Uint8Array>): [AsyncIterable<Uint8Array>, AsyncIterable<string>] {
	const seen = new Transform({ transform: (part, _encoding, done) => done(null, part) })
	seen.setEncoding('utf8')
	async function* written() {
		try {
			for await (const part of text) {
				// who reads it has found that it is damaged, and has said so
				if (seen.destroyed) throw damaged()
				if (!seen.write(part)) await drained(seen)
				yield part
			}
			seen.end()
		} catch (error) {
			// what was being read has ended in the middle
			seen.end()
			if (error instanceof AppError) throw error
			throw new AppError('unavailable', 'errors.backup.cut', { cause: error })
		}
	}
	return [written(), seen]
}

/** Resolves once there is room again, or nobody reads any more. */
function drained(stream: Transform): Promise<void> {
	return new Promise((resolve) => {
		const go = () => {
			stream.off('drain', go).off('close', go)
			resolve()
		}
		stream.on('drain', go).on('close', go)
	})
}

function explain(file: string, cause: unknown): unknown {
	if (cause instanceof AppError) return cause
	const { code = '', syscall } = cause as NodeJS.ErrnoException
	if (syscall === 'open' || syscall === 'read') {
		return new AppError('invalid', 'errors.backup.unreadable', { params: { file, reason: code }, cause })
	}
	if (code === 'Z_BUF_ERROR') return new AppError('invalid', 'errors.backup.cut', { cause })
	return code === 'Z_DATA_ERROR' && /incorrect header/.test(String(cause))
		? new AppError('invalid', 'errors.backup.none', { cause })
		: damaged(cause)
}

function unwritable(file: string, cause: NodeJS.ErrnoException): AppError {
	const reason = cause.code ?? cause.message
	return new AppError('invalid', 'cli.file.unwritable', { params: { file, reason }, cause })
}

async function firstBytes(file: string): Promise<string> {
	const handle = await open(file, 'r')
	try {
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(ageHeader.length), 0, ageHeader.length, 0)
		return buffer.subarray(0, bytesRead).toString('latin1')
	} finally {
		await handle.close()
	}
}

/** Gives its size in bytes once it is on the disk. */
async function sync(file: string): Promise<number> {
	const handle = await open(file, 'r+')
	try {
		await handle.sync()
		return (await handle.stat()).size
	} finally {
		await handle.close()
	}
}

function exists(file: string): Promise<boolean> {
	return access(file).then(
		() => true,
		() => false,
	)
}
