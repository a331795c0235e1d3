import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Marked } from 'marked'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import { consoleTag, defineRoute, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps } from '../describe-frame.ts'
import { responses } from '../route-parts.ts'

const folder = fileURLToPath(new URL('../../../../docs/guide/', import.meta.url))

/** A part of the guide: pages lead to it by its place among the others, which is the same in each language. */
type Chapter = { id: string; title: string; html: string }

const places = [
	'coming-in',
	'home',
	'digests',
	'preview',
	'check',
	'sending',
	'report',
	'readers',
	'sources',
	'settings',
]

/** The guide for staff, as `docs/guide` has it. */
export function helpRoutes(deps: FrameDeps): Route[] {
	const guides = new Map<Locale, Chapter[]>()
	const guideIn = (locale: Locale) => {
		const known = guides.get(locale) ?? readGuide(deps.messages, locale)
		guides.set(locale, known)
		return known
	}
	return [
		defineRoute({
			tag: consoleTag,
			access: { console: 'member' },
			method: 'get',
			path: '/console/help',
			summary: 'The guide',
			responses,
			handle: async ({ request }) => ({
				page: 'console/help',
				locale: request.locale,
				data: { frame: await describeFrame(deps, request), chapters: guideIn(request.locale) },
			}),
		}),
	]
}

/** The text is ours: its HTML is taken as it comes. Its pictures are for readers of the folder. */
function readGuide({ locales }: Messages, locale: Locale): Chapter[] {
	const text = readFileSync(`${folder}${locales.includes(locale) ? locale : 'en'}.md`, 'utf8')
	const marked = new Marked({ renderer: { image: () => '' } })
	const [, ...chapters] = text.split(/^## /m)
	return chapters.map((chapter, index) => {
		const [title = '', ...lines] = chapter.split('\n')
		const html = marked.parse(lines.join('\n'), { async: false }).replace(/<p>\s*<\/p>/g, '')
		return { id: places[index] ?? `part-${index}`, title, html }
	})
}
