/** Mails that try to make a reader slow, deep or dead; each is built when asked for. */
export const hostileMails: ReadonlyArray<readonly [name: string, build: () => Buffer]> = [
	[
		'20 MB of text',
		() => Buffer.from(`${head('text/plain')}${'Your message could not be delivered. '.repeat(567_000)}`),
	],
	['20 MB of short lines', () => Buffer.from(`${head('text/plain')}${'a@b.example:\r\n'.repeat(1_500_000)}`)],
	['20 MB of empty lines', () => Buffer.alloc(20_000_000, '\n')],
	['20 MB of one line without an end', () => Buffer.alloc(20_000_000, 'x')],
	['20 MB of header', () => Buffer.from(`X-A: ${'b\r\n c'.repeat(4_000_000)}`)],
	['a million header fields', () => Buffer.from('X-Field: value\r\n'.repeat(1_300_000))],
	[
		'20 MB of base64',
		() => Buffer.from(`${head('text/plain', 'base64')}${`${'QUFB'.repeat(19)}\r\n`.repeat(260_000)}`),
	],
	[
		'20 MB of quoted-printable',
		() => Buffer.from(`${head('text/plain', 'quoted-printable')}${'=41=\r\n'.repeat(3_300_000)}`),
	],
	['20 MB of markup', () => Buffer.from(`${head('text/html')}${'<a href="'.repeat(2_200_000)}`)],
	['20 MB of opening brackets', () => Buffer.from(`${head('text/html')}${'<'.repeat(20_000_000)}`)],
	[
		'20 MB in a returned message',
		() =>
			Buffer.from(`${report()}--b\r\nContent-Type: message/rfc822\r\n\r\n${'From: x\r\n'.repeat(2_200_000)}`),
	],
	[
		'20 MB before the report',
		() =>
			Buffer.from(
				`${head('multipart/report; boundary=b')}--b\r\nContent-Type: message/rfc822\r\n\r\n${'y'.repeat(20_000_000)}\r\n${report(false)}`,
			),
	],
	['500 nested parts', () => Buffer.from(nested(500))],
	['5,000 nested parts', () => Buffer.from(nested(5_000))],
	[
		'500 nested parts of one boundary',
		() => Buffer.from('Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(500)),
	],
	['500 messages in messages', () => Buffer.from('Content-Type: message/rfc822\r\n\r\n'.repeat(500))],
	[
		'a million empty parts',
		() => Buffer.from(`${head('multipart/report; boundary=b')}${'--b\r\n\r\n'.repeat(1_500_000)}`),
	],
	[
		'a million near-boundaries',
		() => Buffer.from(`${head('multipart/report; boundary=b')}${'--bb\r\n'.repeat(2_000_000)}`),
	],
	[
		'100,000 recipients',
		() =>
			Buffer.from(
				status('Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n'.repeat(100_000)),
			),
	],
	[
		'100,000 recipients in one group',
		() =>
			Buffer.from(
				status('Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n'.repeat(100_000)),
			),
	],
	[
		'an address of 20 MB',
		() =>
			Buffer.from(status(`Final-Recipient: rfc822; ${'a'.repeat(20_000_000)}@b.example\nAction: failed\n`)),
	],
	[
		'a diagnostic of 20 MB',
		() =>
			Buffer.from(
				status(
					`Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; ${'550 user '.repeat(2_200_000)}\n`,
				),
			),
	],
	['at signs', () => Buffer.from(`${head('text/plain')}${'@'.repeat(1_000_000)}`)],
	[
		'almost addresses',
		() => Buffer.from(`${head('text/plain')}${'a.'.repeat(500_000)}@${'b.'.repeat(500_000)}`),
	],
	['brackets and colons', () => Buffer.from(`${head('text/plain')}${'<a@b.example> : '.repeat(100_000)}`)],
	[
		'encoded words without an end',
		() =>
			Buffer.from(`Subject: ${'=?utf-8?B?'.repeat(200_000)}\r\nFrom: ${'=?x?Q?='.repeat(200_000)}\r\n\r\nx`),
	],
	[
		'parameters without an end',
		() => Buffer.from(`Content-Type: multipart/report${'; a="\\'.repeat(300_000)}\r\n\r\nx`),
	],
	[
		'a boundary of regular expression',
		() => Buffer.from('Content-Type: multipart/report; boundary="(a+)+$"\r\n\r\n--(a+)+$\r\n\r\naaaa\r\n'),
	],
	[
		'wrong charsets',
		() => Buffer.concat([Buffer.from(head('text/plain; charset=iso-2022-jp')), randomBytes(300_000)]),
	],
	[
		'an unknown charset',
		() => Buffer.concat([Buffer.from(head('text/plain; charset="x-klingon\u0000"')), randomBytes(300_000)]),
	],
	['UTF-7 without an end', () => Buffer.from(`${head('text/plain; charset=utf-7')}${'+A'.repeat(500_000)}`)],
	['NULs', () => Buffer.alloc(1_000_000)],
	['nothing', () => Buffer.alloc(0)],
	[
		'words that begin many wordings',
		() =>
			Buffer.from(
				`${head('text/plain')}${'the recipient mailbox user is not over your sending host domain '.repeat(2_000)}`,
			),
	],
	[
		'JSON without an end',
		() => Buffer.from(`${head('text/plain')}{"notificationType":${'['.repeat(1_000_000)}`),
	],
]

function head(type: string, encoding = '7bit'): string {
	return `Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net\r\nTo: us@news.example.org\r\nSubject: failure notice\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
}

function report(withHead = true): string {
	const part =
		'--b\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n'
	return withHead ? `${head('multipart/report; boundary=b')}${part}` : part
}

function status(fields: string): string {
	return `${head('multipart/report; boundary=b')}--b\r\nContent-Type: message/delivery-status\r\n\r\n${fields}\r\n--b--\r\n`
}

function nested(depth: number): string {
	const open = Array.from(
		{ length: depth },
		(_, level) => `Content-Type: multipart/mixed; boundary="b${level}"\r\n\r\n--b${level}\r\n`,
	)
	return `${head('multipart/mixed; boundary="x"')}--x\r\n${open.join('')}Content-Type: text/plain\r\n\r\n<a@b.example>: user unknown\r\n`
}

/** The same bytes each time, so that a failure can be repeated. */
function randomBytes(length: number): Buffer {
	const bytes = Buffer.alloc(length)
	let state = 42
	for (let at = 0; at < length; at += 1) {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
		bytes[at] = state >> 16
	}
	return bytes
}
