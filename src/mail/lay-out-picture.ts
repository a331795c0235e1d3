import type { MailStory } from '../../emails/catalog.ts'
import { pageLink } from '../kernel/text-links.ts'

/** How a story's picture stands in a mail, in CSS pixels. */
export type LaidOutPicture = {
	url: string
	/** Over the text, as wide as the column; else small, beside it. */
	wide: boolean
	/** It is never wider, and never larger than it is. */
	width: number
	maxHeight: number
}

const column = 512 // the sheet of 600 less its margins
const smallest = 1.2 // width by height: less would push the story out of sight
const small = { width: 160, height: 240 }

/**
 * Pictures have one of two widths: that of the column where they are large and lie, else that of a small one beside
 * the text. What is not known to be large is small, so that none is blown up. Undefined where there is none to load.
 */
export function layOutPicture({
	imageUrl,
	imageSize,
}: Pick<MailStory, 'imageUrl' | 'imageSize'>): LaidOutPicture | undefined {
	const url = pageLink(imageUrl)
	if (!url) return undefined
	if (!imageSize) return { url, wide: false, width: small.width, maxHeight: small.height }
	const { width, height } = imageSize
	if (width >= column && width / height >= smallest)
		return { url, wide: true, width: column, maxHeight: Math.round(column / smallest) }
	const scale = Math.min(1, small.width / width, small.height / height)
	return { url, wide: false, width: Math.max(1, Math.round(width * scale)), maxHeight: small.height }
}
