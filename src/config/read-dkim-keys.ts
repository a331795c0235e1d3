import { readFileSync } from 'node:fs'
import type { MessageParams } from '../kernel/app-error.ts'
import { type DkimKey, openDkimKey } from '../kernel/dkim-key.ts'
import type { SettingProblem } from './config-error.ts'

/** The settings of DKIM as the environment gives them; their shape has been checked. */
export type DkimSettings = Partial<Record<DkimSettingName, string>>

export type DkimSettingName =
	| 'DKIM_DOMAIN'
	| 'DKIM_SELECTOR'
	| 'DKIM_PRIVATE_KEY'
	| 'DKIM_PRIVATE_KEY_FILE'
	| 'DKIM_ED25519_SELECTOR'
	| 'DKIM_ED25519_PRIVATE_KEY'
	| 'DKIM_ED25519_PRIVATE_KEY_FILE'

export type DkimProblem = SettingProblem & { name: DkimSettingName }

/**
 * The keys that mail is signed with, RSA first: none where nothing is set. Reads the files that are named, opens each
 * key, and names every problem.
 */
export function readDkimKeys(given: DkimSettings): { keys: DkimKey[]; problems: DkimProblem[] } {
	const problems: DkimProblem[] = []
	const isGiven = (prefix: string) =>
		Object.entries(given).some(([name, value]) => name.startsWith(prefix) && value !== undefined)
	if (!isGiven('DKIM_')) return { keys: [], problems }
	const read: ReadSetting = {
		given,
		need: (name) => {
			const value = given[name]
			if (value === undefined) problems.push({ name, problem: 'errors.setting.dkim.needed' })
			return value
		},
		fail: (name, problem, params) => {
			problems.push({ name, problem: `errors.setting.dkim.${problem}`, ...(params && { params }) })
		},
	}
	const domain = read.need('DKIM_DOMAIN')
	const keys = [readKey(read, domain, 'rsa', 'DKIM')]
	if (isGiven('DKIM_ED25519_')) keys.push(readKey(read, domain, 'ed25519', 'DKIM_ED25519'))
	// RFC 6376 §3.6.2.2: one record at a name
	if (given.DKIM_SELECTOR !== undefined && given.DKIM_SELECTOR === given.DKIM_ED25519_SELECTOR)
		read.fail('DKIM_ED25519_SELECTOR', 'same_selector')
	return { keys: keys.filter((key) => key !== undefined), problems }
}

type ReadSetting = {
	given: DkimSettings
	need(name: DkimSettingName): string | undefined
	fail(name: DkimSettingName, problem: string, params?: MessageParams): void
}

function readKey(
	read: ReadSetting,
	domain: string | undefined,
	algorithm: DkimKey['algorithm'],
	prefix: 'DKIM' | 'DKIM_ED25519',
): DkimKey | undefined {
	const selector = read.need(`${prefix}_SELECTOR`)
	const pem = readPem(read, `${prefix}_PRIVATE_KEY`, `${prefix}_PRIVATE_KEY_FILE`)
	if (!pem) return undefined
	const opened = openDkimKey({ algorithm, privateKey: pem.text })
	if (!opened.ok) read.fail(pem.name, opened.problem, opened.params)
	if (!opened.ok || domain === undefined || selector === undefined) return undefined
	return { domain, selector, algorithm, privateKey: pem.text }
}

function readPem(
	{ given, fail }: ReadSetting,
	inline: DkimSettingName,
	file: DkimSettingName,
): { name: DkimSettingName; text: string } | undefined {
	const text = given[inline]
	const path = given[file]
	if (text !== undefined && path !== undefined) {
		fail(file, 'both', { other: inline })
		return undefined
	}
	// many ways of setting an environment have no line breaks
	if (text !== undefined) return { name: inline, text: text.replaceAll('\\n', '\n') }
	if (path === undefined) {
		fail(inline, 'key_needed', { other: file })
		return undefined
	}
	try {
		return { name: file, text: readFileSync(path, 'utf8') }
	} catch (error) {
		fail(file, 'unreadable', { code: (error as NodeJS.ErrnoException).code ?? '' })
		return undefined
	}
}
