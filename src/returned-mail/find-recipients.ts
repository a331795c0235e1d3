import { findAddresses, firstAddress, isSystemAddress, knownWordings } from '../refusals/index.ts'

/** A recipient that the text of a report names, and what the text says from there to the next one. */
export type NamedRecipient = { address: string; said: string }

const knownLines = knownWordings.flatMap(({ recipientLines = [] }) =>
	recipientLines.map(({ source }) => new RegExp(source, 'i')),
)

const address = String.raw`(?:"[^"]{1,100}"|[^\s<>()[\]:;,"]{1,128})@[^\s<>()[\]:;,"]{1,255}`
const bullet = String.raw`[\s>*•·→-]{0,12}`

/** Lines whose subject is an address, the surest first. */
const ownLines: readonly RegExp[] = [
	new RegExp(`^${bullet}<(${address})>\\s{0,8}(?:[:;,.(\\[-]|\\.\\.\\.|$)`),
	new RegExp(`^${bullet}'?(${address})'?[\\s:;,.]{0,8}$`),
	new RegExp(`^${bullet}(${address})\\s{0,8}(?:[:;(\\[,]|\\.\\.\\.|<| - | on )`),
	new RegExp(`^\\s{0,8}[45]\\d\\d[ -](?:\\d\\.\\d\\.\\d )?<?(${address})>?\\s{0,4}(?:\\.\\.\\.|:|\\()`),
]

const label = String.raw`(?:final.?recipient|original.?recipient|(?:failed|intended|invalid|bad|original) (?:recipient|address)(?:\(?e?s\)?)?|recipients?(?: address)?(?:\(s\))?|rcpt(?: ?to)?|(?:target |destination |e-?mail |mail )+address|addressed to|address|undeliverable(?: address)?|delivery to|error for|user|destinataires?|empfänger|destinatarios?|destinatari|宛先|あて先|送信先|получатель|адресат|адрес|收件人|to)`

const labelledLine = new RegExp(
	`^\\s{0,12}[-*]?\\s?${label}\\s{0,8}[:=：]\\s{0,8}(?:[\\w-]{1,20};\\s?)?.{0,60}?<?(${address})>?`,
	'i',
)

const phrase =
	/deliver|undeliver|reach|sent? |send|fail|reject|bounc|return|error|unknown|invalid|address|recipient|mailbox|user|zugestellt|zustell|remis|entreg|recapit|доставл|адрес|配|送|届|投|递|遞/i
const aside =
	/contact|assist|help|support|question|abuse|inquir|please (?:e-?mail|write)|from:|sender|reply-?to|return-?path|问い合わせ|お問|連絡|сообщите|kontakt|wenden/i

/**
 * The recipients that the text of a report names. Addresses of the report's own sender and reader (`others`) are
 * taken only where a line is about nothing but one of them.
 */
export function findRecipients(report: string, others: ReadonlySet<string>): NamedRecipient[] {
	const lines = report.split('\n').slice(0, 2_000)
	for (const read of readers) {
		const named = lines.map((line) => tidy(read(line.slice(0, 500))))
		const foreign = named.map((found) => (found && !isOther(found, others) ? found : ''))
		const chosen = foreign.some(Boolean) ? foreign : read === readOwnLine ? named : []
		if (chosen.some(Boolean)) return withText(lines, chosen)
	}
	return []
}

function readOwnLine(line: string): string {
	if (!line.includes('@')) return ''
	for (const pattern of [...knownLines, ...ownLines]) {
		const found = pattern.exec(line)?.[1]
		if (found) return found
	}
	return ''
}

/** From lines about an address alone down to any address in a sentence about a delivery. */
const readers: ReadonlyArray<(line: string) => string> = [
	readOwnLine,
	(line) =>
		line.includes('@') && !/^\s*(?:from|sender|reply-to)\b/i.test(line)
			? (labelledLine.exec(line)?.[1] ?? '')
			: '',
	(line) =>
		line.includes('@') && phrase.test(line) && !aside.test(line) ? (findAddresses(line).at(-1) ?? '') : '',
	(line) => (line.includes('@') && !aside.test(line) ? firstAddress(line) : ''),
]

function tidy(found: string): string {
	return found ? firstAddress(found) : ''
}

function isOther(found: string, others: ReadonlySet<string>): boolean {
	return others.has(found.toLowerCase()) || isSystemAddress(found)
}

function withText(lines: string[], named: string[]): NamedRecipient[] {
	const found = new Map<string, NamedRecipient>()
	let current: NamedRecipient | undefined
	for (const [at, line] of lines.entries()) {
		const address = named[at]
		if (address) {
			current = found.get(address.toLowerCase()) ?? { address, said: '' }
			found.set(address.toLowerCase(), current)
			if (found.size > 500) break
		}
		if (current && current.said.length < 4_000) current.said += current.said ? `\n${line}` : line
	}
	return [...found.values()]
}
