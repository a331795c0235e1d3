import type { Newsletter } from '../../newsletters/index.ts'
import type { SignupSource } from '../../subscriptions/index.ts'
import type { RequestContext } from '../server/route.ts'
import { findWayBack, linkTo } from './describe-newsletter.ts'

type Form = { started?: string | undefined; return?: string | undefined }

/**
 * How a form came: from a page of ours, which alone says when it was shown, or from another site. Where our page finishes what
 * a pasted form began it says nothing of that time, and the site is the one that it leads back to.
 */
export function sourceOfForm(newsletter: Newsletter, form: Form, request: RequestContext): SignupSource {
	if (form.started) return { source: 'page' }
	if (form.started === '') {
		const began = findWayBack(newsletter, [form.return])
		return { source: 'form', site: began ? { host: began.host, isOwn: true } : undefined }
	}
	const address = [request.header('origin'), request.header('referer')].find(isOnSite)
	if (address === undefined) return { source: 'form' }
	return { source: 'form', site: { host: linkTo(address).host, isOwn: isOwn(newsletter, address) } }
}

/** Whether it is a page of a site that has a name: an opaque origin is `null`. */
function isOnSite(address: string | undefined): address is string {
	if (!address || !/^https?:/.test(address) || !URL.canParse(address)) return false
	const { hostname } = new URL(address)
	return hostname.length <= 253 && (hostname.includes('.') || hostname === 'localhost')
}

function isOwn({ sites }: Newsletter, address: string): boolean {
	return sites.some((site) => URL.canParse(site) && linkTo(site).host === linkTo(address).host)
}
