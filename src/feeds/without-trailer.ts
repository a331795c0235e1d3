import { linkPage } from './link-page.ts'

// marks in the text of a page, of the private use area: a page's own are taken out before
export const blockMark = '\ue000'
export const linkStart = '\ue001'
export const linkEnd = '\ue002'

export type HtmlLink = { href: string; classes: string }

/** A part of a text: plain, or that of a link. */
type Part = { text: string; link: HtmlLink | undefined }

/**
 * A marked text of a page without its marks and without what stands at its end and only leads on: links to the whole story
 * ("Read more"), and the credit of the site. `links` are those of the page in order, `itemLink` is where the item leads.
 */
export function withoutTrailer(marked: string, links: readonly HtmlLink[], itemLink: string | null): string {
	const blocks = toBlocks(marked, links)
	for (let last = blocks.at(-1); last; last = blocks.at(-1)) {
		const kept = shortenBlock(last, itemLink, blocks.length > 1)
		if (kept === last) break
		blocks.pop()
		if (kept.length > 0) blocks.push(kept)
	}
	return withoutTextTrailer(blocks.map(textOf).join(' '))
}

/** The same for a text that has no links. */
export function withoutTextTrailer(text: string): string {
	const short = withoutCredit(text.trimEnd())
	const more = plainReadMore.exec(short)
	return more && short.length - more.index < 80 && more.index > 0
		? short.slice(0, more.index + (more[1] ?? '').length)
		: short
}

function toBlocks(marked: string, links: readonly HtmlLink[]): Part[][] {
	let next = 0
	let link: HtmlLink | undefined
	const blocks: Part[][] = []
	for (const block of marked.split(blockMark)) {
		const parts: Part[] = []
		for (const piece of block.split(/([\ue001\ue002])/)) {
			if (piece === linkStart) link = links[next++]
			else if (piece === linkEnd) link = undefined
			else if (piece !== '') parts.push({ text: piece, link })
		}
		if (textOf(parts).trim() !== '') blocks.push(parts)
	}
	return blocks
}

/** The block without what leads on at its end; the same block where there is nothing of that. */
function shortenBlock(block: Part[], itemLink: string | null, isAfterText: boolean): Part[] {
	const text = textOf(block)
	const credited = withoutCredit(text)
	if (credited !== text) return credited.trim() === '' ? [] : [{ text: credited, link: undefined }]
	if (isCreditByLinks(block, itemLink)) return []
	let end = block.length
	while (end > 0 && /^[\s.…»›→>)\]|·-]*$/u.test(block[end - 1]?.text ?? '')) end--
	const last = block[end - 1]
	if (!last?.link) return isAfterText && text.length < 60 && readMore.test(text) ? [] : block
	// a link may be in several parts, as where a word of it is bold
	let start = end - 1
	while (start > 0 && block[start - 1]?.link === last.link) start--
	const before = textOf(block.slice(0, start))
	const isOwnLine = isAfterText && before.trim() === ''
	if (!leadsOn(textOf(block.slice(start, end)), last.link, isOwnLine ? '…' : before, itemLink)) return block
	return before.trim() === '' ? [] : [{ text: before.replace(/[\s([»›→|·-]+$/u, ''), link: undefined }]
}

function leadsOn(text: string, link: HtmlLink, before: string, itemLink: string | null): boolean {
	if (text.length > 200) return false
	if (readMore.test(text.trim()) || /\b(?:more-link|read-?more|continue-reading)\b/i.test(link.classes))
		return true
	if (/^\s*[[(]?(?:\.{3}|…|&hellip;)[\])]?\s*$/.test(text)) return true
	// whatever its words: a short link to the story itself, after the end of a sentence
	const isItself = itemLink !== null && linkPage(link.href) === linkPage(itemLink)
	return isItself && text.length <= 40 && /(?:\[?(?:…|\.{3})\]?|[.!?])\s*[[(]?$/.test(before.trimEnd())
}

/** WordPress, in any language: nothing but the link of the item, that of its site, and a few words. */
function isCreditByLinks(block: Part[], itemLink: string | null): boolean {
	const links = [...new Set(block.flatMap(({ link }) => link ?? []))]
	const [first, second] = links
	if (!first || !second || links.length !== 2 || !itemLink) return false
	const words = block.filter(({ link }) => !link).map(({ text }) => text)
	const hasSentence = /[.!?…]\s/.test(
		textOf(
			block.slice(
				0,
				block.findIndex(({ link }) => link),
			),
		),
	)
	const isToSite =
		URL.parse(second.href)?.host.replace(/^www\./, '') === URL.parse(itemLink)?.host.replace(/^www\./, '')
	const isFront = /^\/?(?:[a-z]{2}(?:-[a-z]{2})?\/?)?$/i.test(URL.parse(second.href)?.pathname ?? 'none')
	return (
		linkPage(first.href) === linkPage(itemLink) &&
		(isToSite || isFront) &&
		words.join('').trim().length <= 80 &&
		!hasSentence
	)
}

const opening =
	/(?:^|[.!?…\])»”"]\s+|\.{3}\s+)(?:(?:the|this) (?:post|article|entry|story)|(?:l['’]|cet )(?:article|actualité|entrée)|(?:le|ce) (?:billet|contenu|post)|(?:la|cette) (?:publication|page)|(?:der|dieser) (?:beitrag|artikel)|(?:la|esta) (?:entrada|publicación|noticia)|(?:el|este) (?:artículo|post|cargo)|(?:l['’]|quest['’]|questo )articolo|(?:il|questo) post|o (?:post|artigo|conteúdo)|a (?:publicação|postagem|notícia)|(?:het|dit) (?:bericht|artikel))(?=\s)/giu
const closing =
	/\s(?:(?:first |originally |was first |was originally )?(?:appeared|published)(?: first)? (?:on|at|in)|est apparue? (?:en premier |d['’]abord |pour la première fois )?sur|appara[iî]t en premier sur|a été publiée? (?:en premier|pour la première fois) sur|erschien (?:zuerst )?(?:auf|bei|in)|ist zuerst (?:auf|bei) .{1,100} erschienen|(?:se publicó|aparece|apareció|fue publicad[oa]) (?:primero|por primera vez|originalmente) en|proviene da|sembra essere il primo su|(?:è apparso|è stato pubblicato|apparso)(?: per)?(?: la)? prima(?: volta)? su|(?:apareceu|aparece|foi publicad[oa]) (?:primeiro|pela primeira vez) (?:em|no|na)|verscheen (?:het )?eerst op|is (?:het )?eerst verschenen op)\s.{1,150}$/iu

/** A text without the sentence at its end that says where it stood first. */
function withoutCredit(text: string): string {
	const tail = text.slice(-900)
	const end = closing.exec(tail)
	if (!end) return text
	const starts = [...tail.slice(0, end.index).matchAll(opening)]
	const start = starts.at(-1)
	if (!start) return text
	const mark = /^[.!?…\])»”"]+/u.exec(start[0])?.[0] ?? ''
	return text.slice(0, text.length - tail.length + start.index + mark.length)
}

const phrases = [
	'(?:read|view|see) (?:more|on|all|further|it all|(?:the )?(?:full|whole|rest|entire|original|complete)|(?:this|the) (?:post|article|story)|article|post|story)',
	'(?:continue|keep) reading',
	'(?:learn|find out|discover|show) more',
	'(?:full|whole) (?:story|article|post|text)',
	'click here to (?:read|continue)',
	'more(?: info(?:rmation)?| details)?',
	"lire (?:la suite|plus|davantage|aussi|l[’']article|le billet|en entier)",
	'(?:continuer|poursuivre) la lecture',
	'(?:en )?(?:savoir|voir) (?:plus|la suite)',
	"(?:la )?suite|plus d[’']infos?(?:rmations)?|découvrir(?: la suite| l[’']article)",
	'weiter(?:lesen| lesen)|mehr (?:lesen|erfahren|dazu|infos?)|lesen sie (?:mehr|weiter|den)|zum (?:ganzen )?(?:artikel|beitrag)|den ganzen (?:artikel|beitrag) lesen',
	'leer (?:más|mas|la noticia|el artículo)|(?:seguir|sigue|continuar|continúa) (?:leyendo|la lectura)|(?:ver|saber) más',
	'(?:leia|ler|ver|saiba|saber) mais|(?:continue|continuar) (?:lendo|a ler|lendo)|ler (?:o )?artigo',
	"leggi (?:tutto|di più|ancora|l[’']articolo|il resto)|continua(?: a leggere| la lettura)?|(?:scopri|per saperne) di più",
	'(?:lees|lezen) (?:meer|verder|het (?:hele|volledige))|(?:meer|verder) lezen',
].join('|')
const readMore = new RegExp(
	`^[\\s([«"“→>.…]*(?:${phrases})(?![\\p{L}])[^.!?]{0,150}[\\s.…!»"”→›>)\\]]*$`,
	'iu',
)
const plainReadMore = new RegExp(
	`([.!?…»”]|\\.{3}|…\\]|\\.{3}\\])\\s*[([]?(?:${phrases})[\\s.…»→›>)\\]]*$`,
	'iu',
)

function textOf(parts: readonly Part[]): string {
	return parts.map(({ text }) => text).join('')
}
