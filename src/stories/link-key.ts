const tracking =
	/^(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|at_medium|at_campaign|xtor|msclkid|igshid|(?:pk|mtm|piwik|matomo|hsa|_hs)_?\w+)$/

/**
 * A form of a link that is the same for the same story: without scheme, `www.`, closing slash and tracking parameters,
 * so that a site's move to https mails nothing again. Null for no link or the front page of a site.
 */
export function linkKey(link: string | null): string | null {
	const url = link === null ? null : URL.parse(link)
	if (!url) return null
	for (const name of [...url.searchParams.keys()]) if (tracking.test(name)) url.searchParams.delete(name)
	const path = url.pathname.replace(/(?:\/index\.\w{3,5})?\/?$/, '')
	if (path === '' && url.search === '' && url.hash === '') return null
	return `${url.host.replace(/^www\./, '')}${path}${url.search}${url.hash}`
}
