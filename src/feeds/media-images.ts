import type { MediaNs } from 'feedsmith'
import type { RawImage, RawText } from './raw-item.ts'

type Media = MediaNs.ItemOrFeed
type Content = MediaNs.Content

/** The images of an item in Media RSS, best first: pictures, then previews of them or of a film. */
export function imagesOfMedia(media: Media | undefined): RawImage[] {
	if (!media) return []
	const groups = media.groups ?? []
	const contents = [...(media.contents ?? []), ...groups.flatMap((group) => group.contents ?? [])]
	const pictures = contents.filter(isPicture).flatMap((content) => toImage(content.url, content))
	const holders = [media, ...groups, ...contents]
	const previews = holders.flatMap((holder) =>
		(holder.thumbnails ?? []).flatMap(({ url, width, height }) => toImage(url, { width, height })),
	)
	return [...pictures, ...previews]
}

/** The title of an item that has it in Media RSS alone. */
export function titleOfMedia(media: Media | undefined): RawText | undefined {
	const groups = media?.groups ?? []
	const holders = media
		? [media, ...groups, ...(media.contents ?? []), ...groups.flatMap((group) => group.contents ?? [])]
		: []
	return holders.flatMap(({ title }) => toText(title) ?? [])[0]
}

/** What Media RSS tells of an item, where nothing else does: video sites have their text here alone. */
export function textsOfMedia(media: Media | undefined): RawText[] {
	const holders = media ? [media, ...(media.groups ?? [])] : []
	return holders.flatMap(({ description }) => toText(description) ?? [])
}

function isPicture({ url, type, medium }: Content): boolean {
	if (medium || type) return medium === 'image' || Boolean(type?.toLowerCase().startsWith('image/'))
	return /\.(?:avif|gif|jpe?g|png|webp)(?:$|[?#])/i.test(url ?? '')
}

// the description of a picture is its alternative text; its title is as often a file name
function toImage(url: string | undefined, holder: Partial<Content>): RawImage[] {
	const { description, width, height } = holder
	return url ? [{ url, alt: toText(description), width, height }] : []
}

function toText(text: { value?: string; type?: string } | undefined): RawText | null {
	if (!text?.value) return null
	return { value: text.value, kind: text.type === 'html' ? 'html' : 'text' }
}
