import { readFile } from 'node:fs/promises'
import type { Decrypter, Encrypter } from 'age-encryption'
import { AppError } from '../../kernel/app-error.ts'

/** What a backup is encrypted with: an age recipient (it can't be read with that), an age identity, or a passphrase. */
export type BackupKey = { recipient: string } | { identity: string } | { passphrase: string }

const shortestPassphrase = 12

/** Reads a file whose first line that is no comment is an age identity, an age recipient, or else a passphrase. */
export async function readBackupKey(file: string): Promise<BackupKey> {
	const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
		throw new AppError('invalid', 'errors.backup.key_unreadable', {
			params: { file, reason: cause.code ?? cause.message },
			cause,
		})
	})
	const line = text
		.split(/\r?\n/)
		.map((each) => each.trim())
		.find((each) => each !== '' && !each.startsWith('#'))
	if (line === undefined) throw new AppError('invalid', 'errors.backup.key_empty', { params: { file } })
	if (line.startsWith('AGE-SECRET-KEY-')) return { identity: line }
	if (/^age1[a-z\d]+$/.test(line)) return { recipient: line }
	if (line.length < shortestPassphrase) {
		throw new AppError('invalid', 'errors.backup.key_short', { params: { count: shortestPassphrase } })
	}
	return { passphrase: line }
}

export function canDecrypt(key: BackupKey): boolean {
	return !('recipient' in key)
}

// its library is read in only where something is encrypted: every command has this file
const age = () => import('age-encryption')

export async function encrypterFor(key: BackupKey): Promise<Encrypter> {
	const { Encrypter, identityToRecipient } = await age()
	const encrypter = new Encrypter()
	try {
		if ('passphrase' in key) encrypter.setPassphrase(key.passphrase)
		else encrypter.addRecipient('recipient' in key ? key.recipient : await identityToRecipient(key.identity))
	} catch (cause) {
		throw new AppError('invalid', 'errors.backup.key_wrong', { cause })
	}
	return encrypter
}

export async function decrypterFor(key: BackupKey): Promise<Decrypter> {
	const { Decrypter } = await age()
	const decrypter = new Decrypter()
	try {
		if ('passphrase' in key) decrypter.addPassphrase(key.passphrase)
		else if ('identity' in key) decrypter.addIdentity(key.identity)
		else throw new AppError('invalid', 'errors.backup.key_public')
	} catch (cause) {
		if (cause instanceof AppError) throw cause
		throw new AppError('invalid', 'errors.backup.key_wrong', { cause })
	}
	return decrypter
}
