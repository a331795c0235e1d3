import { foldText } from '../../../kernel/fold-text.ts'

/** A heading as it is compared: letters and digits, single blanks. */
export function foldHeading(heading: string): string {
	return foldText(heading.replace(/([a-z])([A-Z])/g, '$1 $2'))
		.replace(/[^\p{L}\p{N}]+/gu, ' ')
		.trim()
}
