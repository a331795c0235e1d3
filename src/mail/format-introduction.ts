import { lexer, type Token, type Tokens } from 'marked'
import { pageLink } from '../kernel/text-links.ts'
import { escapeHtml } from './escape-html.ts'

/** How links and headings look; colours differ from newsletter to newsletter. */
type Look = { linkColour: string; titleFace: string }

/**
 * What staff wrote at the head of a digest, as HTML for a mail: paragraphs, bold, italic, links, lists and one level of
 * headings of Markdown (CommonMark). Everything else, HTML above all, stands there as it was typed.
 */
export function formatIntroduction(markdown: string, look: Look): string {
	return lexer(markdown)
		.map((token) => formatBlock(token, look))
		.join('')
}

const paragraph = 'margin:0 0 14px'

function formatBlock(token: Token, look: Look): string {
	switch (token.type) {
		case 'space':
			return ''
		case 'paragraph':
			return `<p style="${paragraph}">${formatInline((token as Tokens.Paragraph).tokens, look)}</p>`
		case 'heading':
			return `<h2 style="margin:0 0 10px;font-family:${look.titleFace};font-size:20px;line-height:1.3;font-weight:600">${formatInline((token as Tokens.Heading).tokens, look)}</h2>`
		case 'list': {
			const { ordered, items } = token as Tokens.List
			const name = ordered ? 'ol' : 'ul'
			const rows = items.map((item) => `<li style="margin:0 0 4px">${formatItem(item, look)}</li>`)
			return `<${name} style="margin:0 0 14px;padding:0 0 0 24px">${rows.join('')}</${name}>`
		}
		default:
			return `<p style="${paragraph}">${withBreaks(token.raw.trim())}</p>`
	}
}

function formatItem({ tokens }: Tokens.ListItem, look: Look): string {
	return tokens
		.map((token) =>
			'tokens' in token && token.tokens ? formatInline(token.tokens, look) : withBreaks(token.raw.trim()),
		)
		.join(' ')
}

function formatInline(tokens: readonly Token[], look: Look): string {
	return tokens.map((token) => formatSpan(token, look)).join('')
}

function formatSpan(token: Token, look: Look): string {
	switch (token.type) {
		case 'strong':
			return `<strong style="font-weight:600">${formatInline((token as Tokens.Strong).tokens, look)}</strong>`
		case 'em':
			return `<em>${formatInline((token as Tokens.Em).tokens, look)}</em>`
		case 'br':
			return '<br>'
		case 'escape':
			return escapeHtml((token as Tokens.Escape).text)
		case 'link': {
			const { href, tokens, raw } = token as Tokens.Link
			const link = linkOf(href)
			if (!link) return escapeHtml(raw)
			return `<a class="link" href="${escapeHtml(link)}" style="color:${look.linkColour};text-decoration:underline;text-underline-offset:3px">${formatInline(tokens, look)}</a>`
		}
		default:
			return withBreaks(token.raw)
	}
}

/** Pages and mail addresses; anything else is no link. */
function linkOf(href: string): string | null {
	return /^mailto:[^\s<>"]+@[^\s<>"]+$/i.test(href) ? href : (pageLink(href) ?? null)
}

function withBreaks(text: string): string {
	return escapeHtml(text).replaceAll('\n', '<br>')
}

/** The same as plain text: a link's address follows its words. */
export function introductionAsText(markdown: string): string {
	return lexer(markdown)
		.flatMap((token) => (token.type === 'space' ? [] : [blockAsText(token)]))
		.join('\n\n')
}

function blockAsText(token: Token): string {
	if (token.type !== 'list')
		return 'tokens' in token && token.tokens ? inlineAsText(token.tokens) : token.raw.trim()
	const { ordered, items, start } = token as Tokens.List
	return items
		.map(({ tokens }, index) => {
			const words = tokens.map((each) =>
				'tokens' in each && each.tokens ? inlineAsText(each.tokens) : each.raw.trim(),
			)
			return `${ordered ? `${Number(start || 1) + index}.` : '–'} ${words.join(' ')}`
		})
		.join('\n')
}

function inlineAsText(tokens: readonly Token[]): string {
	return tokens
		.map((token) => {
			if (token.type === 'br') return '\n'
			if (token.type === 'escape') return (token as Tokens.Escape).text
			const words = 'tokens' in token && token.tokens ? inlineAsText(token.tokens) : token.raw
			if (token.type !== 'link') return words
			const link = linkOf((token as Tokens.Link).href)
			if (!link) return token.raw
			const shown = link.replace(/^mailto:/, '')
			return words === shown ? words : `${words} (${shown})`
		})
		.join('')
}
