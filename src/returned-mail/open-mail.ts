import { type HeaderFields, readHeaderFields } from './mime/header-fields.ts'
import { readReport } from './read-report.ts'
import type { Report } from './report.ts'

/** A mail that came in, as far as what to do with it depends on. */
export type OpenedMail = {
	report: Report
	/** Return-Path, else From; '' where it has neither. */
	sender: string
	/** Whether it says that no person wrote it. */
	isAutomatic: boolean
	/** Date, where it can be read. */
	date: Date | undefined
}

/**
 * Opens a mail; never throws for what it holds. A bounce that names nobody has one recipient with no address: whom it is
 * about is told by the address that it came to.
 */
export function openMail(raw: Uint8Array): OpenedMail {
	const fields = headerOf(raw)
	return {
		report: readReport(raw, ''),
		sender: fields.has('return-path') ? withoutBrackets(fields.first('return-path')) : fields.first('from'),
		isAutomatic: isAutomatic(fields),
		date: dateOf(fields),
	}
}

const maxHeaderBytes = 200_000

function headerOf(raw: Uint8Array): HeaderFields {
	const text = Buffer.from(raw.subarray(0, maxHeaderBytes)).toString('latin1')
	return readHeaderFields(text.replaceAll('\r\n', '\n')).fields
}

function withoutBrackets(path: string): string {
	return path.replace(/[<>\s]/g, '')
}

/** RFC 3834 §5. Apple Mail unsubscribes in a person's name, and says with a field of its own that it does. */
function isAutomatic(fields: HeaderFields): boolean {
	if (fields.has('x-apple-unsubscribe')) return false
	const said = fields.first('auto-submitted').trim()
	return said !== '' && !/^no\b/i.test(said)
}

function dateOf(fields: HeaderFields): Date | undefined {
	const date = new Date(fields.first('date').slice(0, 100))
	return Number.isNaN(date.getTime()) ? undefined : date
}
