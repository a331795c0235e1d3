import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { AppError } from '../kernel/app-error.ts'

/**
 * Reads `.env` of the working folder, where there is one, into the environment; what is set there already stays. Throws an
 * AppError that names lines that are no setting, without repeating them.
 */
export function loadEnvFile(env: NodeJS.ProcessEnv, file = resolve('.env')): void {
	let text: string
	try {
		text = readFileSync(file, 'utf8')
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
		throw new AppError('invalid', 'errors.env_file.unreadable', { params: { file }, cause: error })
	}
	const lines = findStrangeLines(text)
	if (lines.length > 0) {
		throw new AppError('invalid', 'errors.env_file.lines', { params: { file, lines: lines.join(', ') } })
	}
	for (const [name, value] of Object.entries(parseEnv(text.replace(/^\ufeff/, '')))) env[name] ??= value
}

/** The numbers of the lines that are neither a setting, nor within the quotes of one, nor a comment. */
function findStrangeLines(text: string): number[] {
	const strange: number[] = []
	let closing: string | undefined
	let openedAt = 0
	const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)
	for (const [index, line] of lines.entries()) {
		if (closing !== undefined) {
			if (line.includes(closing)) closing = undefined
			continue
		}
		if (/^\s*(?:#|$)/.test(line)) continue
		const value = /^\s*(?:export\s+)?[A-Za-z_]\w*\s*=\s*(.*)$/.exec(line)?.[1]
		if (value === undefined) strange.push(index + 1)
		const quote = /^["'`]/.exec(value ?? '')?.[0]
		if (quote === undefined || value === undefined || value.indexOf(quote, 1) > 0) continue
		closing = quote
		openedAt = index + 1
	}
	// a quotation mark that is never closed
	return closing === undefined ? strange : [...strange, openedAt]
}
