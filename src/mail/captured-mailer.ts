import PostalMime, { type Address } from 'postal-mime'
import {
	type CapturedMail,
	type CapturedMailer,
	type ParsedMail,
	type ReadyMessage,
	wholeMessage,
} from '../kernel/mail.ts'

export type { CapturedMailer } from '../kernel/mail.ts'

const maxKept = 500

/** A mailer that accepts everything and keeps the newest 500 messages in memory, to be read in the browser. */
export function createCapturedMailer(): CapturedMailer {
	let kept: CapturedMail[] = []
	let lastId = 0
	return {
		connections: 10,
		send: async (message) => {
			lastId += 1
			kept.push(capture(lastId, message))
			// in bulk, so that a large digest does not shift the list for each message
			if (kept.length > maxKept * 2) kept = kept.slice(-maxKept)
			return { kind: 'accepted', reply: `250 2.0.0 kept as ${lastId}` }
		},
		list: () => kept.slice(-maxKept).reverse(),
		get: (id) => kept.slice(-maxKept).find((mail) => mail.id === id),
		clear: () => {
			kept = []
		},
		forget: (comparable) => {
			const before = kept.length
			kept = kept.filter(({ envelope }) => envelope.to.toLowerCase() !== comparable)
			return before - kept.length
		},
		verify: async () => {},
		close: async () => {},
	}
}

function capture(id: number, { envelope, raw }: ReadyMessage): CapturedMail {
	const text = wholeMessage(raw)
	let parsed: Promise<ParsedMail> | undefined
	return {
		id,
		capturedAt: new Date(),
		envelope,
		raw: text,
		parse: () => {
			parsed ??= read(text)
			return parsed
		},
	}
}

async function read(raw: string): Promise<ParsedMail> {
	const mail = await PostalMime.parse(raw)
	return {
		subject: mail.subject ?? '',
		from: mail.from ? show(mail.from) : '',
		to: (mail.to ?? []).map(show).join(', '),
		date: mail.date ?? '',
		headers: mail.headers.map(({ key, value }) => ({ name: key, value })),
		html: mail.html ?? '',
		text: mail.text ?? '',
	}
}

function show({ name, address }: Address): string {
	return name && address ? `${name} <${address}>` : (address ?? name)
}
