import { z } from 'zod'
import { sendTestDigest } from '../../../deliveries/index.ts'
import {
	type Draft,
	type NextForReader,
	nextForReader,
	previewVariant,
	wishOf,
} from '../../../digests/index.ts'
import { mayDo } from '../../../kernel/actor.ts'
import { AppError, invalidField } from '../../../kernel/app-error.ts'
import { listTestLists, type Newsletter, textIn } from '../../../newsletters/index.ts'
import { listMembers } from '../../../staff/index.ts'
import { getReaderByAddress, getReaderOf } from '../../../subscriptions/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import type { FrameDeps } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { describeDraftFrame } from './draft-frame.ts'
import { findOwnDraft, pageAfter } from './find-own-draft.ts'

export type PreviewDeps = FrameDeps &
	Parameters<typeof previewVariant>[0] &
	Parameters<typeof sendTestDigest>[0]

const params = z.object({ id: z.coerce.number().int().positive() })
const path = '/console/drafts/{id}/preview'

/** How the mail is looked at; all of it stands in the address. */
const look = z.object({
	variant: z.coerce.number().int().min(0).max(10_000).optional().catch(undefined),
	language: z.string().max(20).optional().catch(undefined),
	screen: z.enum(['desktop', 'phone']).catch('desktop').default('desktop'),
	colours: z.enum(['light', 'dark']).catch('light').default('light'),
	pictures: z.enum(['shown', 'off']).catch('shown').default('shown'),
	format: z.enum(['designed', 'text']).catch('designed').default('designed'),
	/** As this person gets it, where who looks may see readers. */
	reader: z.coerce.number().int().positive().optional().catch(undefined),
	tested: z.string().max(20).optional().catch(undefined),
})

export type Look = Omit<z.output<typeof look>, 'tested'>

/** The second step: the very mail, in each of its variants, and a test to oneself. */
export function previewRoutes(deps: PreviewDeps): Route[] {
	return [showRoute(deps), mailRoute(deps), readerRoute(deps), testRoute(deps)]
}

type Shown = {
	look: z.output<typeof look>
	to?: string
	address?: string
	part?: 'test' | 'reader'
	error?: ErrorBody
}

async function show(deps: PreviewDeps, request: RequestContext, id: number, shown: Shown): Promise<Answer> {
	const { draft, newsletter } = await findOwnDraft(deps, request, id)
	const after = pageAfter({ draft, newsletter })
	if (after) return after
	const { tested, ...asked } = shown.look
	const as = await describeAs(deps, request, { draft, newsletter, id: asked.reader })
	const theirs = as?.told?.kind === 'gets' ? as.told.index : undefined
	const wanted = theirs ?? asked.variant ?? { locale: asked.language ?? request.locale }
	const preview = await previewVariant(deps, newsletter.id, wishOf(draft), wanted)
	const own = (await listMembers(deps)).find((member) => member.id === request.signedIn.member.id)
	return {
		page: 'console/preview',
		locale: request.locale,
		data: {
			...(await describeDraftFrame(deps, request, { draft, newsletter, step: 'preview' })),
			look: { ...asked, variant: preview?.index ?? 0, language: preview?.rendition.locale ?? request.locale },
			mail: preview
				? {
						index: preview.index,
						count: preview.count,
						readers: preview.readers,
						subject: preview.rendition.subject,
						preheader: preview.rendition.preheader,
						text: preview.rendition.text,
						from: {
							name: textIn(newsletter, preview.rendition.locale).fromName,
							address: newsletter.fromAddress,
						},
					}
				: null,
			as: as && { ...as, address: shown.address ?? as.address },
			part: shown.part ?? null,
			to: shown.to ?? own?.email ?? '',
			lists: await listTestLists(deps, newsletter.id),
			tested: tested ?? null,
			error: shown.error,
		},
	}
}

function showRoute(deps: PreviewDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...{ method: 'get', path, params, query: look, summary: 'See a draft as it will be sent', responses },
		handle: ({ params, query, request }) => show(deps, request, params.id, { look: query }),
	})
}

/** The mail itself, for the frame on the page. */
function mailRoute(deps: PreviewDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.prepare' },
		...{
			method: 'get',
			path: `${path}/mail`,
			params,
			query: look,
			summary: 'The mail of a draft',
			responses,
		},
		handle: async ({ params, query, request }) => {
			const { draft, newsletter } = await findOwnDraft(deps, request, params.id)
			const wanted = query.variant ?? { locale: query.language ?? request.locale }
			const preview = await previewVariant(deps, newsletter.id, wishOf(draft), wanted)
			if (!preview) throw new AppError('not_found', 'errors.not_found')
			const policy = query.pictures === 'off' ? 'mail_without_pictures' : 'mail'
			return { text: preview.rendition.html, contentType: 'text/html', policy }
		},
	})
}

/** The person as whom a draft is seen: `address` as it was found; `told` null where nobody is chosen. */
export type SeenAs = { id: number | null; address: string; told: NextForReader | null }

/** Null where who looks may not see readers, and for a correction, whose readers are those of another digest. */
async function describeAs(
	deps: PreviewDeps,
	request: RequestContext,
	{ draft, newsletter, id }: { draft: Draft; newsletter: Newsletter; id: number | undefined },
): Promise<SeenAs | null> {
	if (draft.corrects !== null || !mayDo(request.actor, 'subscribers.read')) return null
	const nobody = { id: null, address: '', told: null }
	if (id === undefined) return nobody
	const wanted = { newsletterId: newsletter.id, subscriberId: id }
	const told = await nextForReader(deps, wanted, wishOf(draft))
	if (!told) return nobody
	const { address } = await getReaderOf(deps, { id, newsletter: newsletter.slug })
	return { id, address, told }
}

/** Finds a reader of the newsletter by the whole address, which stands in no URL. */
function readerRoute(deps: PreviewDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'subscribers.read' },
		...form,
		...{ method: 'post', path: `${path}/reader`, params, query: look, responses: onward },
		summary: 'See a draft as a reader gets it',
		body: z.object({ address: z.string().max(1_000).default('') }),
		handle: ({ params: { id }, query, body: { address }, request }) =>
			showAgain(
				deps,
				request,
				async () => {
					const { newsletter } = await findOwnDraft(deps, request, id)
					if (address.trim() === '') return { redirect: `/console/drafts/${id}/preview` }
					const found = await getReaderByAddress(deps, address, request.actor).catch(asFieldProblem)
					const isTheirs = found.subscriptions.some((each) => each.newsletter === newsletter.slug)
					if (!isTheirs) throw invalidField('address', 'errors.reader.no_such_address')
					return { redirect: `/console/drafts/${id}/preview?reader=${found.id}` }
				},
				(error) => show(deps, request, id, { look: query, address, part: 'reader', error }),
			),
	})
}

/** Whom nobody knows is a mistake in the field, and the same as whom another newsletter knows. */
function asFieldProblem(error: unknown): never {
	if (error instanceof AppError && error.code === 'not_found')
		throw invalidField('address', 'errors.reader.no_such_address')
	throw error
}

function testRoute(deps: PreviewDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'digests.test' },
		bodyTypes: ['urlencoded'],
		bodyOptional: true,
		...{
			method: 'post',
			path: '/console/drafts/{id}/test',
			params,
			query: look,
			summary: 'Send a test',
			responses,
		},
		body: z.object({
			to: z.string().max(2_000).default(''),
			both: z.string().optional(),
			list: z.coerce.number().int().positive().optional().catch(undefined),
		}),
		handle: ({ params: { id }, query, body, request }) =>
			showAgain(
				deps,
				request,
				async () => {
					const { draft, newsletter } = await findOwnDraft(deps, request, id)
					const addresses = await addressesOf(deps, newsletter, body)
					const locale = body.both === undefined ? (query.language ?? request.locale) : undefined
					const wish = { ...wishOf(draft), addresses, ...(locale && { locale }) }
					const sent = await sendTestDigest(deps, newsletter.id, wish, request.actor)
					const outcomes = sent.kind === 'sent' ? sent.results.map(({ outcome }) => outcome.kind) : []
					const tested =
						outcomes.find((kind) => kind !== 'accepted') ?? (outcomes.length > 0 ? 'accepted' : 'nothing')
					const { tested: _, ...kept } = query
					const search = new URLSearchParams()
					for (const [name, value] of Object.entries({ ...kept, tested })) {
						if (value !== undefined) search.set(name, String(value))
					}
					return { redirect: `/console/drafts/${id}/preview?${search}#test` }
				},
				(error) => show(deps, request, id, { look: query, to: body.to, part: 'test', error }),
			),
	})
}

/** Those that were typed, or those of a saved list. Throws `not_found` where that was removed meanwhile. */
async function addressesOf(
	deps: PreviewDeps,
	newsletter: Newsletter,
	{ to, list }: { to: string; list?: number | undefined },
): Promise<string[]> {
	if (list === undefined) return to.split(/[,;\s]+/).filter(Boolean)
	const found = (await listTestLists(deps, newsletter.id)).find(({ id }) => id === list)
	if (!found) throw new AppError('not_found', 'errors.test_list.not_found')
	return found.addresses
}
