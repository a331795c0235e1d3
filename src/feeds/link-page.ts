/** The page a link leads to, however it is written: without scheme, `www.`, parameters, fragment and closing slash. */
export function linkPage(link: string): string | null {
	const url = URL.parse(link)
	if (!url) return null
	// the page of a post is told by its parameters in some places only
	const post = ['p', 'page_id', 'id', 'post'].map((name) => url.searchParams.get(name)).find(Boolean) ?? ''
	return `${url.host.replace(/^www\./, '')}${url.pathname.replace(/\/+$/, '')}?${post}`
}
