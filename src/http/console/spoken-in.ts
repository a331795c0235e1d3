import type { Locale } from '../../kernel/messages.ts'

/** Languages as another one calls them. */
export function spokenIn(
	locale: Locale,
	languages: readonly Locale[],
): Array<{ locale: Locale; name: string }> {
	const names = new Intl.DisplayNames([locale], { type: 'language' })
	return languages.map((each) => ({ locale: each, name: names.of(each) ?? each }))
}
