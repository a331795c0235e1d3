import { withoutAddresses } from './addresses.ts'
import { footers, reporterPhrases } from './known-wordings/footers.ts'

const maxLength = 3_000

/**
 * The form that wordings are compared in: one line, lower case, plain quotes, without reply codes at line starts,
 * addresses, the names of the hosts that speak – for a host may be called `antispam` and a person `full` – and without what
 * scanners and reporting systems add of their own.
 */
export function comparableText(text: string): string {
	const line = oneLine(withoutAddresses(text.slice(0, maxLength)))
		.replace(
			/(?:\bhost [\w.-]{1,200} ?(?:\[[^\]\s]{1,60}\]|(?=said:))|while talking to [\w.-]{1,200}|\bconnect to [\w.-]{1,200}|(?:reporting|remote)-mta: dns; ?[\w.-]{1,200})/gi,
			' ',
		)
		.normalize('NFC')
		.toLowerCase()
		.replace(/[\u2018\u2019`´]/g, "'")
		.replace(/[\u201c\u201d]/g, '"')
		.replace(/(?:\s|^)[245]\d\d[- ](?:[245]\.\d{1,3}\.\d{1,3})? ?/g, ' ')
		.replace(/(?<=[a-z]{2})_(?=[a-z]{2})/g, ' ')
	return withoutAdditions(oneLine(line))
		.replace(/<[^<>\s]{0,100}>|<<>>/g, '<>')
		.replaceAll('<<>>', '<>')
		.trim()
}

/** Unfolds a text: systems break long lines wherever there is a space (Postfix at about 79 columns). */
export function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ')
}

function withoutAdditions(text: string): string {
	return oneLine([...footers, ...reporterPhrases].reduce((rest, pattern) => rest.replace(pattern, ' '), text))
}
