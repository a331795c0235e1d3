/** The fields of a form, urlencoded or multipart (RFC 7578), files left out. Throws a TypeError where it is none. */
export async function readForm(body: Buffer, contentType: string): Promise<Map<string, string>> {
	const form = await new Response(new Uint8Array(body), {
		headers: { 'Content-Type': contentType },
	}).formData()
	const fields = new Map<string, string>()
	// of several values the last is Mailgun's: variables of the message may come first
	for (const [name, value] of form) if (typeof value === 'string') fields.set(name, value)
	return fields
}

const kinds: ReadonlyMap<string, string> = new Map([
	['bounced', 'failed'],
	['dropped', 'failed'],
])

const reasons: ReadonlyMap<string, string> = new Map([
	['605', 'suppress-bounce'],
	['606', 'suppress-unsubscribe'],
	['607', 'suppress-complaint'],
])

/** What Mailgun's older webhooks say in a form, in the shape of its present ones. */
export function eventOfForm(fields: ReadonlyMap<string, string>): object {
	const get = (...names: string[]) => names.map((name) => fields.get(name)).find(Boolean) ?? ''
	const code = get('code')
	return {
		signature: { timestamp: get('timestamp'), token: get('token'), signature: get('signature') },
		'event-data': {
			event: kinds.get(get('event')) ?? get('event'),
			id: get('token'),
			timestamp: Number(get('timestamp')) || undefined,
			recipient: get('recipient'),
			reason: reasons.get(code) ?? get('reason'),
			'delivery-status': {
				code: /^\d+$/.test(code) ? code : 0,
				message: get('error', 'notification'),
				description: get('description'),
				'enhanced-code': /^\d\.\d+\.\d+$/.test(code) ? code : '',
			},
			message: { headers: { 'message-id': get('Message-Id', 'message-id') } },
			'user-variables': { unsubscribe: get('unsubscribe') },
		},
	}
}
