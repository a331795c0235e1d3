// who counts readers, buttons and faces; the size and the style say more, but feeds often name a picture by its address alone
const counting =
	/^(?:[\w.-]*\.)?(?:feedburner\.com\/~|feeds\.feedblitz\.com\/~|feedsportal\.com|pixel\.wp\.com|stats\.wordpress\.com|(?:www|ssl)\.google-analytics\.com|doubleclick\.net|googlesyndication\.com|quantserve\.com|scorecardresearch\.com|facebook\.com\/tr|met\.vgwort\.de|analytics\.[\w.-]+|pixel\.[\w.-]+|counter\.[\w.-]+|tracking\.[\w.-]+|gravatar\.com\/avatar|medium\.com\/_\/stat)/i
const countingPath =
	/\/(?:matomo|piwik)\.php|\/(?:pixel|1x1|1px|spacer|blank|clear|transparent|open|count|counter|beacon|track|tracking|b|t|p)\.(?:gif|png)(?:$|[?#])|\/(?:emoji|smilies|twemoji|emojione)\//i

/** Smaller ones are buttons and icons. */
const MIN_PIXELS = 32

/** Whether a picture can stand beside a story: of real size as far as is known, of a kind that mails show, and no counter of readers. */
export function isRealPicture({
	url,
	width,
	height,
}: {
	url: string
	width?: number | undefined
	height?: number | undefined
}): boolean {
	const sizes = [width, height].filter((size) => size !== undefined)
	if (sizes.some((size) => size <= 3) || (sizes.length === 2 && sizes.every((size) => size < MIN_PIXELS)))
		return false
	if (/^data:/i.test(url) || /\.(?:svgz?|ico)(?:$|[?#])/i.test(url)) return false
	return !counting.test(url.replace(/^(?:https?:)?\/\//i, '')) && !countingPath.test(url)
}
