import { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import type { RequestKind } from '../../kernel/enumerations.ts'
import {
	type AskRequestDeps,
	askRequest,
	type ChangeAddressDeps,
	confirmAddressChange,
	type EraseDeps,
	eraseByRequest,
	type RequestView,
	readOwnData,
	undoAddressChange,
	viewChoices,
	viewRequest,
} from '../../subscriptions/index.ts'
import { toReaderAnswer } from '../api/readers/reader-answers.ts'
import {
	type Answer,
	defineRoute,
	privatePageHeaders,
	type RequestContext,
	type Route,
} from '../server/route.ts'
import { type NoteOnMailDeps, noteOnMail } from './note-on-mail.ts'
import { describePage, problemOf, type ShowPreferencesDeps, showPreferences } from './show-preferences.ts'
import { describeTokenPage, html, tokenInput } from './token-page.ts'

export type RequestRoutesDeps = Omit<ShowPreferencesDeps, 'config'> &
	Omit<AskRequestDeps, 'config'> &
	Omit<ChangeAddressDeps, 'config'> &
	EraseDeps &
	NoteOnMailDeps & {
		config: ShowPreferencesDeps['config'] & AskRequestDeps['config'] & ChangeAddressDeps['config']
	}

const forged = { 404: { description: 'Not a link of ours; nothing was changed', ...html } }
const tag = 'Choosing'

/** What a reader asks for on their page and proves by a link in a mail: another address, their data, or to be erased. */
export function requestRoutes(deps: RequestRoutesDeps): Route[] {
	return [
		askRoute(deps, 'change_address', 'address', 'Ask for digests at another address, which is mailed'),
		askRoute(deps, 'send_data', 'data', 'Ask for all that is kept of oneself'),
		askRoute(deps, 'erase', 'erase', 'Ask to be erased'),
		...linkRoutes(deps),
	]
}

function askRoute(deps: RequestRoutesDeps, kind: RequestKind, step: string, summary: string): Route {
	return defineRoute({
		tag,
		access: 'public',
		...tokenInput('From the mail; signed, never expires'),
		method: 'post',
		path: `/preferences/{token}/${step}`,
		summary,
		description: 'A link that proves it is mailed; the same answer whatever is known of the address.',
		body: z.object({
			email: z
				.string()
				.max(1_000)
				.default('')
				.meta({ description: 'The new address', example: 'new@example.org' }),
		}),
		bodyTypes: ['urlencoded'],
		bodyOptional: true,
		responses: {
			200: { description: 'A mail is on its way', ...html },
			...forged,
			422: { description: 'No address that can be; nothing was done', ...html },
			429: { description: 'Too often; Retry-After says when to try again', ...html },
		},
		handle: async ({ params, query, body: { email }, request }) => {
			const showing = { ...params, request, wanted: query.locale }
			const view = await viewChoices(deps, params)
			if (typeof view !== 'object') return showPreferences(deps, view, showing)
			const { locale, data } = await describePage(deps, view, showing)
			request.locale = locale
			try {
				const asked = await askRequest(deps, {
					...params,
					ip: request.ip,
					...(kind === 'change_address' ? { kind, email } : { kind }),
				})
				if (asked !== 'asked') return await showPreferences(deps, asked, showing)
			} catch (error) {
				if (error instanceof AppError && error.code === 'limited') throw error
				const problem = problemOf(deps, request, error)
				return { ...(await showPreferences(deps, view, { ...showing, email, problem })), status: 422 }
			}
			const address = kind === 'change_address' ? email.trim() : data.address
			const shown = { ...data, kind, address, note: await noteOnMail(deps) }
			return { page: 'visitors/request-asked', locale, headers: privatePageHeaders, data: shown }
		},
	})
}

const shared = { tag, access: 'public', ...tokenInput('From the mail; works for some days') } as const
const gone = { 410: { description: 'The link has expired', ...html } }

function linkRoutes(deps: RequestRoutesDeps): Route[] {
	return [
		defineRoute({
			...shared,
			method: 'get',
			path: '/requests/{token}',
			summary: 'The page of such a link: what a button would do, or one’s data; changes nothing',
			responses: {
				200: { description: 'A page with a button, or the data', ...html },
				...forged,
				...gone,
				409: { description: 'The new address asked never to be mailed', ...html },
			},
			handle: async ({ params, query, request }) => {
				const showing = { ...params, wanted: query.locale, request }
				const own = await readOwnData(deps, params)
				return own?.reader
					? showData(deps, own, showing)
					: show(deps, await viewRequest(deps, params), showing)
			},
		}),
		defineRoute({
			...shared,
			method: 'post',
			path: '/requests/{token}',
			summary: 'Do what the link is for; twice is fine',
			responses: {
				200: { description: 'Done, now or before', ...html },
				...forged,
				...gone,
				409: { description: 'The new address asked never to be mailed', ...html },
			},
			handle: async ({ params, query, request }) => {
				const showing = { ...params, wanted: query.locale, request }
				const following = { ...params, ip: request.ip }
				const view = await viewRequest(deps, params)
				switch (view?.kind) {
					case 'change_address':
						return show(deps, await confirmAddressChange(deps, following), showing)
					case 'undo_address':
						return show(deps, await undoAddressChange(deps, following), showing)
					case 'erase':
						return show(deps, (await eraseByRequest(deps, params))?.view, showing)
					default:
						return show(deps, view, showing)
				}
			},
		}),
		defineRoute({
			...shared,
			method: 'get',
			path: '/requests/{token}/data.json',
			summary: 'All that is kept of oneself, as a file',
			responses: {
				200: { description: 'A person, as staff sees it', contentType: 'application/json' },
				...forged,
				...gone,
			},
			handle: async ({ params, query, request }) => {
				const own = await readOwnData(deps, params)
				if (!own?.reader) return show(deps, own?.view, { ...params, wanted: query.locale, request })
				return {
					json: toReaderAnswer(own.reader, deps.messages, own.view.locale),
					headers: { ...privatePageHeaders, 'Content-Disposition': 'attachment; filename="my-data.json"' },
				}
			},
		}),
	]
}

type Showing = { token: string; wanted: string | undefined; request: RequestContext }

const statuses: Record<RequestView['standing'], number> = {
	open: 200,
	done: 200,
	undone: 200,
	expired: 410,
	barred: 409,
}

async function show(
	deps: RequestRoutesDeps,
	view: RequestView | undefined,
	{ token, wanted, request }: Showing,
): Promise<Answer> {
	const headers = privatePageHeaders
	if (!view) {
		const { locale } = request
		return { status: 404, page: 'visitors/preferences-unknown', locale, framed: true, headers }
	}
	const { locale, data } = await describeTokenPage(deps, view, { path: '/requests', token, wanted })
	const { kind, standing, maskedNewAddress: newAddress } = view
	const shown = { ...data, kind, standing, newAddress }
	return { status: statuses[standing], page: 'visitors/request', locale, headers, data: shown }
}

async function showData(
	deps: RequestRoutesDeps,
	{ view, reader }: { view: RequestView; reader?: Parameters<typeof toReaderAnswer>[0] | undefined },
	showing: Showing,
): Promise<Answer> {
	if (!reader) return show(deps, view, showing)
	const { token, wanted } = showing
	const { locale, data } = await describeTokenPage(deps, view, { path: '/requests', token, wanted })
	const shown = { ...data, reader: toReaderAnswer(reader, deps.messages, locale) }
	return { page: 'visitors/own-data', locale, headers: privatePageHeaders, data: shown }
}
