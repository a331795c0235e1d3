import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type DkimKey, dkimRecordName, dkimRecordValue, isDkimSelector } from '../kernel/dkim-key.ts'
import { parseEmailAddress } from '../kernel/email-address.ts'
import type { Locale } from '../kernel/messages.ts'
import { loadCommandTexts } from './speak.ts'

export type DkimKeyOptions = {
	domain: string
	/** `envoi`, or `envoi-ed25519`, where none is given. */
	selector?: string
	/** A key for the second signature instead of one of RSA-2048. */
	ed25519?: boolean
	/** The file of the private key; named after the record, in the working folder, where none is given. */
	out?: string
}

type Output = { stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }

/**
 * `envoi dkim keygen`: makes a key, writes its private half to a new file that only this person may read, and prints
 * the TXT record of its public half to stdout, as a zone file has it; what to do with both is told on stderr.
 * Gives the exit code: 1 where a name can't be used, or the file is there already or can't be written.
 */
export async function generateDkimKey(
	{ domain: typedDomain, ed25519 = false, ...options }: DkimKeyOptions,
	{ stdout, stderr }: Output,
	locale: Locale = 'en',
): Promise<number> {
	const texts = loadCommandTexts()
	const say = (key: string, params?: Record<string, string>) =>
		stderr.write(`${texts.text(locale, `cli.dkim.${key}`, params)}\n`)
	const fail = (problem: string, params?: Record<string, string>) => {
		say(`problem.${problem}`, params)
		return 1
	}
	const domain = readDomain(typedDomain)
	const selector = options.selector ?? (ed25519 ? 'envoi-ed25519' : 'envoi')
	if (domain === undefined) return fail('domain', { domain: typedDomain })
	if (!isDkimSelector(selector)) return fail('selector', { selector })

	const algorithm = ed25519 ? 'ed25519' : 'rsa'
	const recordName = dkimRecordName({ domain, selector })
	const file = resolve(options.out ?? `${recordName}.pem`)
	const { privateKey, publicKey } = generatePair(algorithm)
	try {
		await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
	} catch (error) {
		const { code = '' } = error as NodeJS.ErrnoException
		return code === 'EEXIST' ? fail('exists', { file }) : fail('unwritable', { file, reason: code })
	}

	say('written', { file })
	say('publish', { domain })
	stdout.write(`${recordName}. TXT ${dkimRecordStrings(algorithm, publicKey).join(' ')}\n`)
	say('one_piece')
	say(ed25519 ? 'settings_ed25519' : 'settings')
	const prefix = ed25519 ? 'DKIM_ED25519' : 'DKIM'
	if (!ed25519) stderr.write(`  DKIM_DOMAIN=${domain}\n`)
	stderr.write(`  ${prefix}_SELECTOR=${selector}\n  ${prefix}_PRIVATE_KEY_FILE=${file}\n`)
	return 0
}

function readDomain(typed: string): string | undefined {
	const parsed = parseEmailAddress(`postmaster@${typed}`)
	return parsed.ok ? parsed.address.domain : undefined
}

function generatePair(algorithm: DkimKey['algorithm']): { privateKey: KeyObject; publicKey: KeyObject } {
	// RFC 8301 §3.2
	return algorithm === 'rsa'
		? generateKeyPairSync('rsa', { modulusLength: 2048 })
		: generateKeyPairSync('ed25519')
}

const maxString = 255 // octets of one string of a TXT record, RFC 1035 §3.3

/** The record's value in quoted strings, to be joined without a space between (RFC 6376 §3.6.2.2). */
function dkimRecordStrings(algorithm: DkimKey['algorithm'], publicKey: KeyObject): string[] {
	const value = dkimRecordValue(algorithm, publicKey)
	const strings: string[] = []
	for (let at = 0; at < value.length; at += maxString) strings.push(`"${value.slice(at, at + maxString)}"`)
	return strings
}
