import { domainToUnicode } from 'node:url'

// UAX #31 table 5: the scripts that are in general use
const single =
	'Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao Latin Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan'
		.split(' ')
		.map((script) => [script])
// “highly restrictive” (UTS #39 §5.2): how Japanese, Chinese and Korean are written
const together = [
	['Latin', 'Han', 'Hiragana', 'Katakana'],
	['Latin', 'Han', 'Bopomofo'],
	['Latin', 'Han', 'Hangul'],
]

const allowed = [...single, ...together].map(
	(scripts) =>
		new RegExp(
			`^[${['Common', 'Inherited', ...scripts].map((script) => `\\p{Script_Extensions=${script}}`).join('')}]*$`,
			'u',
		),
)

/**
 * Whether a label of a domain holds letters of several scripts, as one does that shall be taken for another: `pаypal` with
 * a Cyrillic `а`. Mail from such a domain is refused (mail-rules F9).
 */
export function hasMixedScript(domain: string): boolean {
	return domainToUnicode(domain)
		.split('.')
		.some((label) => !allowed.some((pattern) => pattern.test(label)))
}
