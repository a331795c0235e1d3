import { z } from 'zod'
import { findArchivePage, listArchive, listArchiveYears, readNewest } from '../../../digests/index.ts'
import { AppError } from '../../../kernel/app-error.ts'
import type { Database } from '../../../kernel/database.ts'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import { findNewsletter, type Newsletter, textIn } from '../../../newsletters/index.ts'
import { type Answer, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeNewsletter, linkLanguages, pathOf } from '../describe-newsletter.ts'
import { locale, slug } from '../subscribe-input.ts'
import { archivePath, feedPath, toRow } from './describe-archive.ts'
import { describePage } from './describe-page.ts'
import { writeAtom } from './write-atom.ts'

export type ArchiveRoutesDeps = { db: Database; messages: Messages; config: { publicUrl: string } }

const shared = { access: 'public', tag: 'Pages', method: 'get' } as const
const missing = { 404: { description: 'No such page, or no longer; the answer leads to the newsletter’s' } }
const base = '/newsletters/{slug}/{locale}/archive'

/** How long others may keep what they got: a digest that staff takes away is gone within it. */
const freshSeconds = 300
const perPage = 100
const inFeed = 30

/** Past digests, for anybody: a list, one, and a feed. Nothing in them is of a reader. */
export function archiveRoutes(deps: ArchiveRoutesDeps): Route[] {
	return [listRoute(deps), feedRoute(deps), pageRoute(deps)]
}

function listRoute(deps: ArchiveRoutesDeps): Route {
	return defineRoute({
		...shared,
		path: base,
		summary: 'The past digests of a newsletter in one of its languages, a year a page',
		params: z.object({ slug, locale }),
		// a stranger's query is never refused: what is no year or page counts for none
		query: z.object({
			year: z
				.string()
				.optional()
				.meta({ description: 'The newest where none is given', example: '2026' })
				.transform((given) => (/^\d{4}$/.test(given ?? '') ? given : undefined)),
			page: z
				.string()
				.optional()
				.meta({ description: 'From 1' })
				.transform((given) => (/^[1-9]\d{0,2}$/.test(given ?? '') ? Number(given) : 1)),
		}),
		responses: { 200: { description: 'The page', contentType: 'text/html' }, ...missing },
		handle: async ({ params, query, request }): Promise<Answer> => {
			const newsletter = await getArchived(deps, params, request)
			const years = await listArchiveYears(deps, newsletter, params.locale)
			const year = query.year ?? years[0]?.year ?? ''
			const wish = { locale: params.locale, year, offset: (query.page - 1) * perPage, limit: perPage + 1 }
			const found = await listArchive(deps, newsletter, wish)
			if (found.length === 0 && (query.year || query.page > 1)) throw notHere()
			const toPath = (wanted: string, page = 1) =>
				`${archivePath(newsletter, params.locale)}?year=${wanted}${page > 1 ? `&page=${page}` : ''}`
			return {
				page: 'visitors/archive-list',
				locale: params.locale,
				headers: headersOf(newsletter),
				data: {
					...frameOf(newsletter, params.locale, (other) => archivePath(newsletter, other)),
					canonical: year ? toPath(year, query.page) : archivePath(newsletter, params.locale),
					isHidden: newsletter.archive === 'unindexed',
					feed: feedPath(newsletter, params.locale),
					year,
					rows: found.slice(0, perPage).map((page) => toRow(newsletter, params.locale, page)),
					years: years.map((each) => ({ ...each, path: toPath(each.year), current: each.year === year })),
					next: found.length > perPage ? toPath(year, query.page + 1) : null,
				},
			}
		},
	})
}

function pageRoute(deps: ArchiveRoutesDeps): Route {
	return defineRoute({
		...shared,
		path: `${base}/{name}`,
		summary: 'A past digest',
		description: 'The same for everybody: without any reader’s own links or name.',
		params: z.object({
			slug,
			locale,
			name: z
				.string()
				.max(120)
				.meta({ description: 'Its day and title', example: '2026-11-26-a-school-kitchen-opens' }),
		}),
		responses: { 200: { description: 'The page', contentType: 'text/html' }, ...missing },
		handle: async ({ params, request }): Promise<Answer> => {
			const newsletter = await getArchived(deps, params, request)
			const page = await findArchivePage(deps, newsletter, params)
			if (!page) throw notHere()
			const isHidden = newsletter.archive === 'unindexed' || page.isStopped
			const toPath = (other: Locale) => archivePath(newsletter, other, page.names.get(other))
			const languages = newsletter.texts.map((text) => text.locale).filter((other) => page.names.has(other))
			return {
				page: 'visitors/archive-page',
				locale: params.locale,
				headers: headersOf(newsletter, isHidden),
				data: {
					...frameOf(newsletter, params.locale, toPath),
					languages: linkLanguages(languages, params.locale, toPath),
					canonical: toPath(params.locale),
					isHidden,
					feed: feedPath(newsletter, params.locale),
					all: archivePath(newsletter, params.locale),
					shown: describePage(newsletter, page),
				},
			}
		},
	})
}

function feedRoute(deps: ArchiveRoutesDeps): Route {
	return defineRoute({
		...shared,
		path: '/newsletters/{slug}/{locale}/feed',
		summary: 'The past digests of a newsletter in one of its languages as a feed',
		description: 'Atom (RFC 4287), the newest first. An entry keeps its id where it is mended.',
		params: z.object({ slug, locale }),
		responses: { 200: { description: 'The feed', contentType: 'application/atom+xml' }, ...missing },
		handle: async ({ params, request }): Promise<Answer> => {
			const newsletter = await getArchived(deps, params, request)
			const pages = await readNewest(deps, newsletter, { locale: params.locale, limit: inFeed })
			const { publicUrl } = deps.config
			const text = textIn(newsletter, params.locale)
			return {
				contentType: 'application/atom+xml',
				headers: { ...headersOf(newsletter), 'Content-Language': params.locale },
				text: writeAtom({
					title: text.name,
					subtitle: text.description,
					author: text.fromName,
					locale: params.locale,
					page: publicUrl + pathOf(newsletter, params.locale),
					self: publicUrl + feedPath(newsletter, params.locale),
					authority: newsletter.listIdDomain,
					correction: deps.messages.text(params.locale, 'pages.archive.correction'),
					slug: newsletter.slug,
					createdAt: newsletter.createdAt,
					entries: pages.map((page) => ({
						...page,
						url: publicUrl + archivePath(newsletter, params.locale, page.name),
					})),
				}),
			}
		},
	})
}

/** Throws `not_found` where there is no such newsletter, or it has no archive in the language. */
async function getArchived(
	deps: ArchiveRoutesDeps,
	wanted: { slug: string; locale: Locale },
	request: RequestContext,
): Promise<Newsletter> {
	const newsletter = await findNewsletter(deps, wanted)
	if (!newsletter?.texts.some((text) => text.locale === wanted.locale)) throw notHere()
	request.locale = wanted.locale
	if (newsletter.archive === 'off') throw notHere()
	return newsletter
}

function notHere(): AppError {
	return new AppError('not_found', 'errors.archive_page')
}

function frameOf(newsletter: Newsletter, wanted: Locale, toPath: (locale: Locale) => string) {
	const locales = newsletter.texts.map((text) => text.locale)
	return {
		site: describeNewsletter(newsletter, wanted),
		languages: linkLanguages(locales, wanted, toPath),
	}
}

function headersOf(
	{ archive }: Newsletter,
	isHidden: boolean = archive === 'unindexed',
): Record<string, string> {
	return {
		'Cache-Control': `public, max-age=${freshSeconds}`,
		...(isHidden && { 'X-Robots-Tag': 'noindex' }),
	}
}
