import { lexer, type Token, type Tokens } from 'marked'
import { escapeHtml } from './escape-html.ts'
import { pageLink } from './text-links.ts'

/** The elements that what staff wrote may become. */
export type MarkdownElement = 'p' | 'h2' | 'ul' | 'ol' | 'li' | 'strong' | 'em' | 'a'

/** The attributes that an element gets beside its own, with a space before them; none where nothing is given. */
export type AttributesOf = (element: MarkdownElement) => string

/**
 * What staff wrote, as HTML: paragraphs, bold, italic, links, lists and one level of headings of Markdown (CommonMark).
 * Everything else, HTML above all, stands there as it was typed.
 */
export function formatMarkdown(markdown: string, attributesOf: AttributesOf = () => ''): string {
	return lexer(markdown)
		.map((token) => formatBlock(token, attributesOf))
		.join('')
}

function formatBlock(token: Token, of: AttributesOf): string {
	switch (token.type) {
		case 'space':
			return ''
		case 'paragraph':
			return `<p${of('p')}>${formatInline((token as Tokens.Paragraph).tokens, of)}</p>`
		case 'heading':
			return `<h2${of('h2')}>${formatInline((token as Tokens.Heading).tokens, of)}</h2>`
		case 'list': {
			const { ordered, items } = token as Tokens.List
			const name = ordered ? 'ol' : 'ul'
			const rows = items.map((item) => `<li${of('li')}>${formatItem(item, of)}</li>`)
			return `<${name}${of(name)}>${rows.join('')}</${name}>`
		}
		default:
			return `<p${of('p')}>${withBreaks(token.raw.trim())}</p>`
	}
}

function formatItem({ tokens }: Tokens.ListItem, of: AttributesOf): string {
	return tokens
		.map((token) =>
			'tokens' in token && token.tokens ? formatInline(token.tokens, of) : withBreaks(token.raw.trim()),
		)
		.join(' ')
}

function formatInline(tokens: readonly Token[], of: AttributesOf): string {
	return tokens.map((token) => formatSpan(token, of)).join('')
}

function formatSpan(token: Token, of: AttributesOf): string {
	switch (token.type) {
		case 'strong':
			return `<strong${of('strong')}>${formatInline((token as Tokens.Strong).tokens, of)}</strong>`
		case 'em':
			return `<em${of('em')}>${formatInline((token as Tokens.Em).tokens, of)}</em>`
		case 'br':
			return '<br>'
		case 'escape':
			return escapeHtml((token as Tokens.Escape).text)
		case 'link': {
			const { href, tokens, raw } = token as Tokens.Link
			const link = linkOf(href)
			if (!link) return escapeHtml(raw)
			return `<a href="${escapeHtml(link)}"${of('a')}>${formatInline(tokens, of)}</a>`
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
export function markdownAsText(markdown: string): string {
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
