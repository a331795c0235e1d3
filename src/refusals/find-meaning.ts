import { withoutAddresses } from './addresses.ts'
import { knownWordings } from './known-wordings/index.ts'
import { type Meaning, meanings } from './known-wordings/meaning.ts'

const maxLength = 3_000

/** What a reply or the text of a report says, by the known wordings; the strongest meaning where there are several. */
export function findMeaning(text: string): Meaning | undefined {
	const comparable = comparableText(text)
	if (comparable === '') return undefined
	return [...sentences, ...stems].find(({ pattern }) => pattern.test(comparable))?.meaning
}

/** Whether a text says one particular thing, whatever else it says. */
export function hasMeaning(text: string, meaning: Meaning): boolean {
	return stems.find((stem) => stem.meaning === meaning)?.pattern.test(comparableText(text)) ?? false
}

const sentences = patternsOf('sentences')
const stems = patternsOf('replies')

function patternsOf(field: 'sentences' | 'replies'): Array<{ meaning: Meaning; pattern: RegExp }> {
	return meanings.flatMap((meaning) => {
		const sources = knownWordings
			.flatMap((known) => known[field]?.[meaning] ?? [])
			.map(({ source }) => `(?:${source})`)
		return sources.length > 0 ? [{ meaning, pattern: new RegExp(sources.join('|')) }] : []
	})
}

/**
 * The form that wordings are compared in: one line, lower case, plain quotes, without reply codes at line starts,
 * addresses and the names of the hosts that speak, for a host may be called `antispam` and a person `full`.
 */
export function comparableText(text: string): string {
	return withoutAddresses(text.slice(0, maxLength))
		.replace(
			/(?:\bhost [\w.-]{1,200} ?(?:\[[^\]\s]{1,60}\]|(?=said:))|while talking to [\w.-]{1,200}|\bconnect to [\w.-]{1,200}|(?:reporting|remote)-mta: dns; ?[\w.-]{1,200})/gi,
			' ',
		)
		.toLowerCase()
		.replace(/[\u2018\u2019`´]/g, "'")
		.replace(/[\u201c\u201d]/g, '"')
		.replace(/(?:\s|^)[245]\d\d[- ](?:[245]\.\d{1,3}\.\d{1,3})? ?/g, ' ')
		.replace(/\s+/g, ' ')
		.replace(/<[^<>\s]{0,100}>|<<>>/g, '<>')
		.replaceAll('<<>>', '<>')
		.trim()
}
