import { formatMarkdown, type MarkdownElement } from '../kernel/format-markdown.ts'

/** How links and headings look; colours differ from newsletter to newsletter. */
type Look = { linkColour: string; titleFace: string }

/** What staff wrote at the head of a digest, as HTML for a mail: its styles stand in it. */
export function formatIntroduction(markdown: string, { linkColour, titleFace }: Look): string {
	const styles: Partial<Record<MarkdownElement, string>> = {
		p: 'margin:0 0 14px',
		h2: `margin:0 0 10px;font-family:${titleFace};font-size:20px;line-height:1.3;font-weight:600`,
		ul: 'margin:0 0 14px;padding:0 0 0 24px',
		ol: 'margin:0 0 14px;padding:0 0 0 24px',
		li: 'margin:0 0 4px',
		strong: 'font-weight:600',
		a: `color:${linkColour};text-decoration:underline;text-underline-offset:3px`,
	}
	return formatMarkdown(markdown, (element) => {
		const style = styles[element]
		return `${element === 'a' ? ' class="link"' : ''}${style ? ` style="${style}"` : ''}`
	})
}
