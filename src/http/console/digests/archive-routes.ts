import { z } from 'zod'
import {
	type ArchiveWords,
	amendArchive,
	archiveOfDigest,
	archiveWords,
	type Digest,
	leaveOutOfArchive,
} from '../../../digests/index.ts'
import { AppError } from '../../../kernel/app-error.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { getNewsletter, zoneOf } from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { speakTimes } from '../speak-times.ts'

export type ArchivePagesDeps = FrameDeps & { clock: Clock }

type FindOwnDigest = (deps: ArchivePagesDeps, request: RequestContext, id: number) => Promise<Digest>

const shared = { tag: consoleTag, access: { console: 'digests.send' } } as const
const id = z.coerce.number().int().positive()
const path = '/console/digests/{id}/archive'
const fields = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

/** A past digest left out of the archive and put back, and the words of its copy there mended. */
export function archivePageRoutes(deps: ArchivePagesDeps, findOwnDigest: FindOwnDigest): Route[] {
	return [
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path, params: z.object({ id }), responses: onward },
			summary: 'Leave a digest out of the archive, or put it back',
			body: z.object({ shown: z.enum(['yes', 'no']) }),
			handle: async ({ params, body, request }) => {
				const digest = await findOwnDigest(deps, request, params.id)
				const wish = { leftOut: body.shown === 'no', actor: request.actor }
				await leaveOutOfArchive(deps, digest.id, wish)
				return { redirect: `/console/digests/${digest.id}` }
			},
		}),
		...amendRoutes(deps, findOwnDigest),
	]
}

function amendRoutes(deps: ArchivePagesDeps, findOwnDigest: FindOwnDigest): Route[] {
	const one = { path: `${path}/{locale}` as const, params: z.object({ id, locale: z.string().max(35) }) }
	return [
		defineRoute({
			...shared,
			...one,
			...{ method: 'get', summary: 'Mend a digest’s copy in the archive', responses },
			query: z.object({ saved: z.string().optional() }),
			handle: async ({ params, query, request }) => {
				const digest = await findOwnDigest(deps, request, params.id)
				return show(deps, request, { digest, locale: params.locale, saved: query.saved === 'yes' })
			},
		}),
		defineRoute({
			...shared,
			...form,
			...one,
			...{ method: 'post', summary: 'Save a digest’s copy in the archive', responses },
			body: fields,
			handle: async ({ params: { id: digestId, locale }, body, request }) => {
				const digest = await findOwnDigest(deps, request, digestId)
				const typed = wordsIn(body)
				return showAgain(
					deps,
					request,
					async () => {
						const words = checkInput(archiveWords, typed)
						await amendArchive(deps, { digestId, locale }, { words, actor: request.actor })
						return { redirect: `/console/digests/${digestId}/archive/${locale}?saved=yes` }
					},
					(error) => show(deps, request, { digest, locale, typed, error: renameFields(error) }),
				)
			},
		}),
	]
}

type Shown = { digest: Digest; locale: string; saved?: boolean; typed?: ArchiveWords; error?: ErrorBody }

async function show(
	deps: ArchivePagesDeps,
	request: RequestContext,
	{ digest, locale, saved = false, typed, error }: Shown,
): Promise<Answer> {
	const kept = (await archiveOfDigest(deps, digest.id)).find((page) => page.locale === locale)
	if (!kept) throw new AppError('not_found', 'errors.not_found')
	const newsletter = await getNewsletter(deps, { id: digest.newsletterId })
	const { title, introduction, stories } = kept
	return {
		page: 'console/archive-page',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { newsletter, current: 'digests' }),
			say: speakTimes(deps.messages, request.locale, zoneOf(newsletter)),
			digest,
			of: locale,
			words: typed ?? { title, introduction: introduction ?? '', stories },
			correctedAt: kept.correctedAt,
			saved,
			error,
		},
	}
}

/** The form: `title`, `introduction`, and of each story `title_1`, `summary_1` … */
function wordsIn(body: z.output<typeof fields>): ArchiveWords {
	const value = (name: string) => [body[name] ?? ''].flat()[0] ?? ''
	const stories: ArchiveWords['stories'] = []
	for (let number = 1; `title_${number}` in body && number <= 200; number++) {
		stories.push({ title: value(`title_${number}`), summary: value(`summary_${number}`) })
	}
	return { title: value('title'), introduction: value('introduction'), stories }
}

/** `stories.0.title` → `title_1` */
function renameFields(error: ErrorBody): ErrorBody {
	const rename = (field: string) =>
		field.replace(/^stories\.(\d+)\.(\w+)$/, (_, index, name) => `${name}_${Number(index) + 1}`)
	return { ...error, fields: error.fields.map((each) => ({ ...each, field: rename(each.field) })) }
}
