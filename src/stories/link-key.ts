const tracking =
	/^(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|at_medium|at_campaign|xtor|msclkid|igshid|(?:pk|mtm|piwik|matomo|hsa|_hs)_?\w+)$/

/**
 * What makes two links the same story: the scheme, `www.`, a closing slash and parameters that only count readers are left
 * out, so that a site which moves to https does not have all its stories mailed again. Null where a link tells nothing
 * apart: none, or the front page of a site.
 */
export function linkKey(link: string | null): string | null {
	const url = link === null ? null : URL.parse(link)
	if (!url) return null
	for (const name of [...url.searchParams.keys()]) if (tracking.test(name)) url.searchParams.delete(name)
	const path = url.pathname.replace(/(?:\/index\.\w{3,5})?\/?$/, '')
	if (path === '' && url.search === '' && url.hash === '') return null
	return `${url.host.replace(/^www\./, '')}${path}${url.search}${url.hash}`
}
