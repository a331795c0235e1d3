import { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import type { Messages } from '../../kernel/messages.ts'
import {
	giveLeavingReason,
	type LeavingDeps,
	type LeavingView,
	leavingReasons,
	preferencesUrl,
	resubscribe,
	unsubscribe,
	viewLeaving,
} from '../../subscriptions/index.ts'
import { answerError, type ErrorBody } from '../server/answer-error.ts'
import {
	type Answer,
	defineRoute,
	privatePageHeaders,
	type RequestContext,
	type Route,
} from '../server/route.ts'
import { describeTokenPage, html, tokenInput } from './token-page.ts'

export type UnsubscribeRoutesDeps = Omit<LeavingDeps, 'config'> & {
	messages: Messages
	config: LeavingDeps['config'] & { publicUrl: string }
}

const shared = {
	tag: 'Leaving',
	access: 'public',
	...tokenInput('From the mail; signed, never expires'),
} as const
const forged = { 404: { description: 'Not a link of ours; nothing was changed', ...html } }

/** The page of an unsubscribe link, and the one-click POST of mail software (RFC 8058). */
export function unsubscribeRoutes(deps: UnsubscribeRoutesDeps): Route[] {
	return [
		defineRoute({
			...shared,
			method: 'get',
			path: '/unsubscribe/{token}',
			summary: 'The page of an unsubscribe link; changes nothing',
			responses: { 200: { description: 'A page with a button', ...html }, ...forged },
			handle: async ({ params, query, request }) =>
				show(deps, await viewLeaving(deps, params), { ...params, request, wanted: query.locale }),
		}),
		defineRoute({
			...shared,
			method: 'post',
			path: '/unsubscribe/{token}',
			summary: 'Unsubscribe (RFC 8058 one-click); twice is fine',
			// the link says all: nobody stays subscribed because a body can't be read
			description: 'Takes any body, as a form or as multipart/form-data, and looks at none of it.',
			responses: {
				200: { description: 'Unsubscribed, now or before; never a redirect', ...html },
				...forged,
			},
			handle: async ({ params, query, request }) => {
				const page = query.locale ? 'unsubscribe page' : 'one-click'
				const view = await unsubscribe(deps, { ...params, page, ip: request.ip })
				return show(deps, view, { ...params, request, wanted: query.locale })
			},
		}),
		defineRoute({
			...shared,
			method: 'post',
			path: '/unsubscribe/{token}/undo',
			summary: 'Take an unsubscription back, within some days',
			responses: { 200: { description: 'Subscribed again, or told how to be', ...html }, ...forged },
			handle: async ({ params, query, request }) => {
				const view = await resubscribe(deps, { ...params, page: 'undo', ip: request.ip })
				return show(deps, view, { ...params, request, wanted: query.locale, event: 'undone' })
			},
		}),
		defineRoute({
			...shared,
			method: 'post',
			path: '/unsubscribe/{token}/reason',
			summary: 'Say why one left',
			body: z.object({
				reason: z.string().default('').meta({ example: leavingReasons[0] }),
				comment: z.string().default(''),
			}),
			bodyTypes: ['urlencoded', 'multipart'],
			bodyOptional: true,
			responses: {
				200: { description: 'Thanks', ...html },
				...forged,
				422: { description: 'No reason chosen, or a comment too long', ...html },
			},
			handle: async ({ params, query, body, request }) => {
				const showing = { ...params, request, wanted: query.locale, answer: body }
				const view = await viewLeaving(deps, params)
				if (typeof view === 'object') {
					const link = { path: '/unsubscribe', ...params, wanted: query.locale } as const
					request.locale = (await describeTokenPage(deps, view, link)).locale
				}
				try {
					const kept = await giveLeavingReason(deps, { ...params, ...body })
					return await show(deps, view, { ...showing, event: kept ? 'thanked' : undefined })
				} catch (error) {
					if (!(error instanceof AppError) || error.code !== 'invalid') throw error
					const { status, body: problem } = answerError(error, request.locale, deps.messages, request.id)
					return { ...(await show(deps, view, { ...showing, problem })), status }
				}
			},
		}),
	]
}

type Showing = {
	token: string
	request: RequestContext
	wanted: string | undefined
	/** What has just been done, where the state alone doesn't tell. */
	event?: 'undone' | 'thanked'
	/** The form on the reason as it was filled, and what was wrong with it. */
	answer?: { reason: string; comment: string }
	problem?: ErrorBody
}

async function show(
	deps: UnsubscribeRoutesDeps,
	view: LeavingView | 'forged' | 'erased',
	{ token, request, wanted, event, answer = { reason: '', comment: '' }, problem }: Showing,
): Promise<Answer> {
	const headers = privatePageHeaders
	if (view === 'forged')
		return { status: 404, page: 'visitors/leave-unknown', locale: request.locale, headers, framed: true }
	if (view === 'erased')
		return { page: 'visitors/leave-erased', locale: request.locale, headers, framed: true }
	const page = await describeTokenPage(deps, view, { path: '/unsubscribe', token, wanted })
	const common = { locale: page.locale, headers }
	const { data } = page
	if (!view.left) {
		if (event === 'undone') return { ...common, page: 'visitors/leave-undone', data }
		const preferences = `${preferencesUrl(deps, view).slice(deps.config.publicUrl.length)}?locale=${page.locale}`
		return { ...common, page: 'visitors/leave', data: { ...data, preferences } }
	}
	if (event === 'thanked') return { ...common, page: 'visitors/leave-thanks', data }
	const form = { answer, problem, reasons: leavingReasons, canUndo: view.canUndo }
	return { ...common, page: 'visitors/left', data: { ...data, ...form } }
}
