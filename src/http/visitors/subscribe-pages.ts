import { AppError } from '../../kernel/app-error.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'
import type { Newsletter, ReadNewsletter } from '../../newsletters/index.ts'
import { type Signup, type SubscribeDeps, stampForm } from '../../subscriptions/index.ts'
import { answerError } from '../server/answer-error.ts'
import type { FormState } from '../server/page-data.ts'
import type { Answer, RequestContext } from '../server/route.ts'
import { describeFront } from './archive/describe-archive.ts'
import { findChallengePath } from './challenge.ts'
import { describeNewsletter, linkLanguages, pathOf, type SiteLink } from './describe-newsletter.ts'
import { describeQuestions } from './describe-questions.ts'
import { embeddedFiles } from './embedded-files.ts'
import { type NoteOnMailDeps, noteOnMail } from './note-on-mail.ts'
import { signupCookie } from './signup-cookie.ts'

export type SubscribeRoutesDeps = Omit<SubscribeDeps, 'config'> &
	NoteOnMailDeps & {
		config: SubscribeDeps['config'] & { publicUrl: string }
		messages: Messages
		readNewsletter: ReadNewsletter
	}

export async function showForm(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	chosen: Locale,
	state: FormState = { email: '', started: stampForm(deps.keys, deps.clock.now()) },
): Promise<Answer> {
	return {
		page: 'visitors/subscribe',
		locale: chosen,
		// the form holds the time at which it was shown
		headers: { 'Cache-Control': 'no-cache' },
		...(state.thanks && { formsLeadTo: new URL(state.thanks).origin }),
		data: {
			...frame(newsletter, chosen, pathOf),
			form: state,
			asks: await describeQuestions(deps, newsletter, chosen, state),
			challenge: await findChallengePath(deps, newsletter),
			archive: await describeFront(deps, newsletter, chosen),
			isHidden: newsletter.archive === 'unindexed',
		},
	}
}

export async function showFormCode(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	chosen: Locale,
): Promise<Answer> {
	const asks = await describeQuestions(deps, newsletter, chosen)
	const toPath = (site: Newsletter, other: Locale) => `${pathOf(site, other)}/form`
	return {
		page: 'visitors/form-code',
		locale: chosen,
		headers: { 'X-Robots-Tag': 'noindex', 'Cache-Control': 'no-cache' },
		data: { ...frame(newsletter, chosen, toPath), asks, embedded: embeddedFiles },
	}
}

// site builders put forms into sandboxed frames: a tab that one opens shows no page with an opener policy
const answerToForm = { 'Cache-Control': 'no-store', 'Cross-Origin-Opener-Policy': 'unsafe-none' }

export async function showCheckMail(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	chosen: Locale,
	signup: Signup & { back: SiteLink | null },
): Promise<Answer> {
	return {
		page: 'visitors/check-mail',
		locale: chosen,
		headers: { ...answerToForm, Vary: 'Accept-Language' },
		cookies: [signupCookie(deps.config, newsletter.slug, signup.proof)],
		data: {
			...frame(newsletter, chosen, pathOf),
			address: displayAddress(signup.address),
			note: await noteOnMail(deps),
			back: signup.back,
		},
	}
}

/** The form again, with a question about the address, or with the challenge; nothing is refused. */
export async function showQuestion(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	chosen: Locale,
	form: FormState,
): Promise<Answer> {
	return { ...(await showForm(deps, newsletter, chosen, form)), headers: answerToForm }
}

/** The form again, with what is wrong with it; any other trouble gets the common error page. */
export async function showProblem(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	error: unknown,
	typed: FormState,
	request: RequestContext,
): Promise<Answer> {
	if (!(error instanceof AppError) || !['invalid', 'limited'].includes(error.code)) throw error
	const answer = answerError(error, request.locale, deps.messages, request.id)
	const form = { ...typed, error: answer.body }
	const headers = { ...answer.headers, ...answerToForm }
	return { ...(await showForm(deps, newsletter, request.locale, form)), status: answer.status, headers }
}

/** What every page of a newsletter with a form shows. */
export function frame(
	newsletter: Newsletter,
	chosen: Locale,
	toPath: (newsletter: Newsletter, locale: Locale) => string,
) {
	const locales = newsletter.texts.map((text) => text.locale)
	return {
		site: describeNewsletter(newsletter, chosen),
		canonical: toPath(newsletter, chosen),
		languages: linkLanguages(locales, chosen, (other) => toPath(newsletter, other)),
	}
}
