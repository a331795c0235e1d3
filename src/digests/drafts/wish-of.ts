import type { PreviewOptions } from '../preview-digest.ts'
import type { Draft } from './store.ts'

/** What a draft wishes of its digest. Stories may have gone with their source since it was made. */
export function wishOf({ kind, isLetter, corrects, content }: Draft): PreviewOptions {
	const { leftOut: _, answers: __, earlier, ...told } = content
	const again = Object.keys(earlier).map(Number)
	return { kind, isLetter, corrects, unknownIsFine: true, again, ...told }
}
