import { domainToUnicode } from 'node:url'

/** The address of a page as a link may carry it: http or https only, in ASCII; undefined for anything else (mail-rules T5). */
export function pageLink(address: string | null): string | undefined {
	if (!address || !URL.canParse(address)) return undefined
	const url = new URL(address)
	return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined
}

/** What a contact leads to: a page, a mail address or a telephone number; undefined where it is none of them. */
export function contactLink(contact: string): string | undefined {
	if (/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(contact))
		return `mailto:${encodeURI(contact).replaceAll('?', '%3F')}`
	const digits = contact.replace(/[\s().-]/g, '')
	if (/^\+?\d{6,15}$/.test(digits)) return `tel:${digits}`
	return pageLink(contact) ?? (/^www\.\S+$/.test(contact) ? pageLink(`https://${contact}`) : undefined)
}

/** Whose page a link leads to, as people say it: the host without `www.`, in its own script. */
export function hostOf(link: string): string {
	return domainToUnicode(new URL(link).hostname).replace(/^www\./, '')
}
