// the first that fits: most browsers name those they descend from, too
const browsers: ReadonlyArray<readonly [RegExp, string]> = [
	[/\bEdgA?\//, 'Edge'],
	[/\bOPR\//, 'Opera'],
	[/\b(?:Firefox|FxiOS)\//, 'Firefox'],
	[/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
	[/\bSafari\//, 'Safari'],
]
const systems: ReadonlyArray<readonly [RegExp, string]> = [
	[/\b(?:iPhone|iPad)\b/, 'iOS'],
	[/\bAndroid\b/, 'Android'],
	[/\bWindows\b/, 'Windows'],
	[/\bMac OS X\b/, 'macOS'],
	[/\bCrOS\b/, 'ChromeOS'],
	[/\bLinux\b/, 'Linux'],
]

/** A browser as people call it, by what it says of itself: “Firefox, Windows”; empty where that tells nothing. */
export function nameBrowser(userAgent: string | null): string {
	const find = (list: typeof browsers) => list.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1]
	return [find(browsers), find(systems)].filter(Boolean).join(', ')
}
