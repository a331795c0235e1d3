import { addDays } from '../../kernel/clock.ts'
import { zoneOf } from '../../newsletters/index.ts'
import {
	type ChoicesAnswer,
	leaveAll,
	longestPauseDays,
	nameReader,
	pauseReader,
	resumeReader,
	saveChoices,
	viewChoices,
} from '../../subscriptions/index.ts'
import { type Answer, defineRoute, privatePageHeaders, type Route } from '../server/route.ts'
import type { Preferences } from './describe-preferences.ts'
import { endOfPause, nameForm, pauseForm, preferencesForm, toWish } from './preferences-input.ts'
import {
	describePage,
	type Found,
	problemOf,
	type Showing,
	type ShowPreferencesDeps,
	showPreferences,
} from './show-preferences.ts'
import { html, tokenInput } from './token-page.ts'

export type PreferencesRoutesDeps = ShowPreferencesDeps

const shared = {
	tag: 'Choosing',
	access: 'public',
	...tokenInput('From the mail; signed, never expires'),
} as const
const forged = { 404: { description: 'Not a link of ours; nothing was changed', ...html } }
const form = { bodyTypes: ['urlencoded'], bodyOptional: true } as const
const page = 'preferences page'

/** The page where a reader decides what they get, behind the signed link of each mail. Looking at it changes nothing. */
export function preferencesRoutes(deps: PreferencesRoutesDeps): Route[] {
	return [viewRoute(deps), saveRoute(deps), nameRoute(deps), ...pauseRoutes(deps), leaveAllRoute(deps)]
}

function viewRoute(deps: PreferencesRoutesDeps): Route {
	return defineRoute({
		...shared,
		method: 'get',
		path: '/preferences/{token}',
		summary: 'What a reader gets, to be changed; looking changes nothing',
		responses: { 200: { description: 'A page with forms', ...html }, ...forged },
		handle: async ({ params, query, request }) =>
			showPreferences(deps, await viewChoices(deps, params), { ...params, request, wanted: query.locale }),
	})
}

function saveRoute(deps: PreferencesRoutesDeps): Route {
	return defineRoute({
		...shared,
		...form,
		method: 'post',
		path: '/preferences/{token}',
		summary: 'Save what a reader chose: topics and language',
		body: preferencesForm,
		responses: {
			200: { description: 'Saved, or as it was', ...html },
			...forged,
			409: { description: 'The choices were changed elsewhere meanwhile; nothing was saved', ...html },
			422: { description: 'Choices that can’t be; nothing was saved', ...html },
		},
		handle: async ({ params, query, body, request }) => {
			const showing = { ...params, request, wanted: query.locale, form: body }
			return answer(deps, showing, 'saved', () =>
				saveChoices(deps, {
					...params,
					page,
					ip: request.ip,
					wish: toWish(body),
					version: body.version,
				}),
			)
		},
	})
}

function nameRoute(deps: PreferencesRoutesDeps): Route {
	return defineRoute({
		...shared,
		...form,
		method: 'post',
		path: '/preferences/{token}/name',
		summary: 'Save what a reader wishes to be called',
		body: nameForm,
		responses: {
			200: { description: 'Saved, or as it was', ...html },
			...forged,
			422: { description: 'What is not taken as a name; nothing was saved', ...html },
		},
		handle: async ({ params, query, body: { given_name: givenName }, request }) => {
			const showing = { ...params, request, wanted: query.locale }
			return answer(
				deps,
				showing,
				'saved',
				() => nameReader(deps, { ...params, page, ip: request.ip, givenName }),
				{ givenName },
			)
		},
	})
}

function pauseRoutes(deps: PreferencesRoutesDeps): Route[] {
	const path = '/preferences/{token}/pause'
	return [
		defineRoute({
			...shared,
			method: 'get',
			path,
			summary: 'Choose the day until which nothing comes',
			responses: { 200: { description: 'A page with a form', ...html }, ...forged },
			handle: async ({ params, query, request }) =>
				showPause(deps, await viewChoices(deps, params), { ...params, request, wanted: query.locale }),
		}),
		defineRoute({
			...shared,
			...form,
			method: 'post',
			path,
			summary: 'Get nothing until a day',
			body: pauseForm,
			responses: {
				200: { description: 'Paused', ...html },
				...forged,
				422: {
					description: 'No day, one that has passed, or more than a year; nothing was changed',
					...html,
				},
			},
			handle: async ({ params, query, body, request }) => {
				const showing = { ...params, request, wanted: query.locale }
				const view = await viewChoices(deps, params)
				if (typeof view !== 'object') return showPreferences(deps, view, showing)
				const { newsletter, locale } = await describePage(deps, view, showing)
				request.locale = locale
				const timeZone = zoneOf(newsletter)
				try {
					const until = endOfPause(body, { now: deps.clock.now(), timeZone })
					const paused = await pauseReader(deps, { ...params, page, ip: request.ip, until })
					return await showPreferences(deps, viewOf(paused), { ...showing, news: 'paused' })
				} catch (error) {
					const problem = problemOf(deps, request, error)
					return { ...(await showPause(deps, view, { ...showing, problem, until: body.until })), status: 422 }
				}
			},
		}),
		defineRoute({
			...shared,
			method: 'post',
			path: '/preferences/{token}/resume',
			summary: 'End a pause before its time',
			responses: { 200: { description: 'Nothing is paused', ...html }, ...forged },
			handle: async ({ params, query, request }) => {
				const resumed = await resumeReader(deps, { ...params, page, ip: request.ip })
				return showPreferences(deps, viewOf(resumed), {
					...params,
					request,
					wanted: query.locale,
					news: 'resumed',
				})
			},
		}),
	]
}

function leaveAllRoute(deps: PreferencesRoutesDeps): Route {
	return defineRoute({
		...shared,
		method: 'post',
		path: '/preferences/{token}/leave-all',
		summary: 'Unsubscribe from all newsletters; twice is fine',
		responses: { 200: { description: 'Unsubscribed, now or before', ...html }, ...forged },
		handle: async ({ params, query, request }) => {
			const done = await leaveAll(deps, { ...params, page, ip: request.ip })
			const view = typeof done === 'object' ? done.view : done
			return showPreferences(deps, view, { ...params, request, wanted: query.locale, leftAll: true })
		},
	})
}

/** Does what a form asks for; what is wrong with it is shown at its fields, and nothing is lost of what was filled in. */
async function answer(
	deps: PreferencesRoutesDeps,
	showing: Showing,
	news: Preferences['news'],
	change: () => Promise<ChoicesAnswer | 'forged' | 'erased'>,
	typed: Pick<Showing, 'givenName'> = {},
): Promise<Answer> {
	const { request, token } = showing
	try {
		const done = await change()
		if (typeof done !== 'object') return await showPreferences(deps, done, showing)
		if (done.outcome !== 'stale') return await showPreferences(deps, done.view, { ...showing, news })
		return { ...(await showPreferences(deps, done.view, { ...showing, news: 'stale' })), status: 409 }
	} catch (error) {
		const view = await viewChoices(deps, { token })
		if (typeof view === 'object') request.locale = (await describePage(deps, view, showing)).locale
		const problem = problemOf(deps, request, error)
		return { ...(await showPreferences(deps, view, { ...showing, ...typed, problem })), status: 422 }
	}
}

function viewOf(done: ChoicesAnswer | 'forged' | 'erased'): Found {
	return typeof done === 'object' ? done.view : done
}

async function showPause(
	deps: PreferencesRoutesDeps,
	view: Found,
	showing: Showing & { until?: string },
): Promise<Answer> {
	if (typeof view !== 'object' || view.state !== 'active') return showPreferences(deps, view, showing)
	const { locale, data } = await describePage(deps, view, showing)
	const day = (days: number) => addDays(deps.clock.now(), days).toISOString().slice(0, 10)
	const range = { first: day(1), last: day(longestPauseDays - 1) }
	const { until = '', problem } = showing
	const headers = privatePageHeaders
	return { page: 'visitors/pause', locale, headers, data: { ...data, ...range, until, problem } }
}
