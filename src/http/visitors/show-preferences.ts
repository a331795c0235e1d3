import { AppError } from '../../kernel/app-error.ts'
import type { Clock } from '../../kernel/clock.ts'
import type { Messages } from '../../kernel/messages.ts'
import { listNewsletters } from '../../newsletters/index.ts'
import {
	type ChoicesDeps,
	type ChoicesView,
	listSubscribed,
	unsubscribeUrl,
} from '../../subscriptions/index.ts'
import { answerError, type ErrorBody } from '../server/answer-error.ts'
import { type Answer, privatePageHeaders, type RequestContext } from '../server/route.ts'
import { describePreferences, type Preferences } from './describe-preferences.ts'
import type { PreferencesForm } from './preferences-input.ts'
import { describeTokenPage, type TokenPage } from './token-page.ts'

export type ShowPreferencesDeps = Omit<ChoicesDeps, 'config'> & {
	clock: Clock
	messages: Messages
	config: ChoicesDeps['config'] & { publicUrl: string }
}

export type Showing = {
	token: string
	request: RequestContext
	/** The language of the page that was asked for. */
	wanted: string | undefined
	news?: Preferences['news']
	form?: PreferencesForm | undefined
	problem?: ErrorBody | undefined
	/** A new address as it was typed. */
	email?: string
	/** A given name as it was typed. */
	givenName?: string
	leftAll?: boolean
}

export type Found = ChoicesView | 'forged' | 'erased'

/** The page of a reader's choices, or what takes its place where there are none to make. */
export async function showPreferences(
	deps: ShowPreferencesDeps,
	view: Found,
	showing: Showing,
): Promise<Answer> {
	const headers = privatePageHeaders
	if (typeof view !== 'object') return showNothing(view, showing.request)
	const { newsletter, locale, data } = await describePage(deps, view, showing)
	if (view.state !== 'active') {
		const page = showing.leftAll ? 'visitors/left-all' : 'visitors/preferences-left'
		return { page, locale, headers, data }
	}
	const subscribed = await listSubscribed(deps, view.subscriberId)
	const leave = unsubscribeUrl(deps, view).slice(deps.config.publicUrl.length)
	const all = await listNewsletters(deps)
	const setting = { newsletter, all, locale, subscribed, leave, clock: deps.clock }
	const preferences = describePreferences(view, setting, showing)
	return { page: 'visitors/preferences', locale, headers, data: { ...data, ...preferences } }
}

function showNothing(view: 'forged' | 'erased', { locale }: RequestContext): Answer {
	const headers = privatePageHeaders
	if (view === 'forged')
		return { status: 404, page: 'visitors/preferences-unknown', locale, headers, framed: true }
	return { page: 'visitors/preferences-erased', locale, headers, framed: true }
}

/** The page in the language that is wanted. */
export function describePage(
	deps: ShowPreferencesDeps,
	view: ChoicesView,
	{ token, wanted }: Showing,
): Promise<TokenPage> {
	return describeTokenPage(deps, view, { path: '/preferences', token, wanted })
}

/** What is wrong with what was filled in. Throws what is no fault of the input. */
export function problemOf(
	{ messages }: { messages: Messages },
	request: RequestContext,
	error: unknown,
): ErrorBody {
	if (!(error instanceof AppError) || error.code !== 'invalid') throw error
	return answerError(error, request.locale, messages, request.id).body
}
