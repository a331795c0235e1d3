/** A text as a format gives it: `markup` may be HTML or plain, and nobody says which (titles in RSS). */
export type RawText = { value: string; kind: 'text' | 'html' | 'markup' }

/** An image that the feed names outside of the text. */
export type RawImage = {
	url: string
	alt: RawText | null
	/** In pixels, where the feed says it. */
	width?: number | undefined
	height?: number | undefined
}

/** An item as read from its format, before texts are cleaned and links resolved against `base`. */
export type RawItem = {
	id: string | undefined
	link: string | undefined
	/** Where relative links of the item start; `contentBase` those in `content`. */
	base: string | null
	contentBase: string | null
	title: RawText | undefined
	/** By preference: the first that has any text becomes the summary. */
	texts: RawText[]
	images: RawImage[]
	authors: string[]
	categories: string[]
	/** As they are written, by preference: the first that can be read counts. */
	published: string[]
	updated: string[]
}

export type RawFeed = { title: RawText | undefined; locale: string | undefined; items: RawItem[] }
