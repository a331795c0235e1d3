import { displayAddress } from '../kernel/email-address.ts'

/**
 * An address that its owner recognises and nobody else can use: `a•••@example.org`. Whoever opens a link may be
 * somebody the mail was forwarded to. The number of dots is always the same, so the length isn't told either.
 */
export function maskAddress(address: { local: string; domain: string }): string {
	const [first = ''] = new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(address.local)
	const shown = address.local.length > 1 && typeof first === 'object' ? first.segment : ''
	return displayAddress({ local: `${shown}•••`, domain: address.domain })
}
