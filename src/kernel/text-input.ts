import { z } from 'zod'

/** What no text of a person holds: control characters, and the separators that some programs take for line ends. */
const control = /\p{Cc}|[\u2028\u2029]/u

/** One line of text, trimmed; sizes are in characters. */
export function lineInput(maxCharacters: number, minCharacters = 1) {
	const text = z.string().trim()
	return (minCharacters > 0 ? text.min(minCharacters) : text)
		.max(maxCharacters)
		.refine((line) => !control.test(line) && line.isWellFormed(), 'errors.field.one_line')
}

/** Text of one line or more, trimmed, its lines ended by LF. */
export function linesInput(maxCharacters: number) {
	return z
		.string()
		.transform((text) => text.replace(/\r\n?/g, '\n').trim())
		.pipe(
			z
				.string()
				.min(1)
				.max(maxCharacters)
				.refine(
					(text) => !control.test(text.replaceAll('\n', '')) && text.isWellFormed(),
					'errors.field.no_control',
				),
		)
}

/** Text that may have line breaks; they become spaces, as a summary is one paragraph. */
export function paragraphInput(maxCharacters: number) {
	return z
		.string()
		.transform((text) => text.replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ').trim())
		.pipe(
			z
				.string()
				.max(maxCharacters)
				.refine((text) => !control.test(text) && text.isWellFormed(), 'errors.field.no_control'),
		)
}
