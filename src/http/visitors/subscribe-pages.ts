import { AppError } from '../../kernel/app-error.ts'
import { displayAddress } from '../../kernel/email-address.ts'
import type { SignupQuestion } from '../../kernel/enumerations.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'
import { listTopics, type Newsletter } from '../../newsletters/index.ts'
import { type Signup, type SubscribeDeps, stampForm } from '../../subscriptions/index.ts'
import { answerError } from '../server/answer-error.ts'
import type { FormState, SignupQuestions } from '../server/page-data.ts'
import type { Answer, RequestContext } from '../server/route.ts'
import {
	describeNewsletter,
	formMark,
	linkLanguages,
	nameOfLanguage,
	pathOf,
	type SiteLink,
} from './describe-newsletter.ts'
import { topicTextIn } from './describe-preferences.ts'
import { signupCookie } from './signup-cookie.ts'

export type SubscribeRoutesDeps = Omit<SubscribeDeps, 'config'> & {
	config: SubscribeDeps['config'] & { publicUrl: string }
	messages: Messages
	/** Captured mail, where no relay is set: the page then shows where it is. */
	captured: object | undefined
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
		data: {
			...frame(newsletter, chosen, pathOf),
			form: state,
			asks: await describeQuestions(deps, newsletter, chosen, state),
		},
	}
}

export function showFormCode(newsletter: Newsletter, chosen: Locale): Answer {
	const toPath = (site: Newsletter, other: Locale) => `${pathOf(site, other)}/form`
	return {
		page: 'visitors/form-code',
		locale: chosen,
		headers: { 'X-Robots-Tag': 'noindex', 'Cache-Control': 'no-cache' },
		data: { ...frame(newsletter, chosen, toPath), mark: formMark() },
	}
}

export function showCheckMail(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	chosen: Locale,
	signup: Signup & { back: SiteLink | null },
): Answer {
	return {
		page: 'visitors/check-mail',
		locale: chosen,
		headers: { 'Cache-Control': 'no-store', Vary: 'Accept-Language' },
		cookies: [signupCookie(deps.config, newsletter.slug, signup.proof)],
		data: {
			...frame(newsletter, chosen, pathOf),
			address: displayAddress(signup.address),
			captured: deps.captured !== undefined,
			back: signup.back,
		},
	}
}

/** The form again, with a question about the address; nothing is refused. */
export async function showQuestion(
	deps: SubscribeRoutesDeps,
	newsletter: Newsletter,
	chosen: Locale,
	form: FormState,
): Promise<Answer> {
	return { ...(await showForm(deps, newsletter, chosen, form)), headers: { 'Cache-Control': 'no-store' } }
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
	const headers = { ...answer.headers, 'Cache-Control': 'no-store' }
	return { ...(await showForm(deps, newsletter, request.locale, form)), status: answer.status, headers }
}

/** What the form asks for beside the address, as it was filled where it is shown again. */
async function describeQuestions(
	{ db }: SubscribeRoutesDeps,
	newsletter: Newsletter,
	chosen: Locale,
	{ wish, language = chosen }: FormState,
): Promise<SignupQuestions> {
	const asks = (question: SignupQuestion) => newsletter.signupAsks.includes(question)
	const topics = asks('topics') ? await listTopics({ db }, newsletter.id) : []
	const locales = asks('language') ? newsletter.texts.map((text) => text.locale) : []
	return {
		topics: topics
			.filter(({ archivedAt }) => archivedAt === null)
			.map((topic) => ({
				...topicTextIn(topic, chosen, newsletter),
				chosen: !wish || wish.topics.includes(topic.slug) || !wish.offered.includes(topic.slug),
			})),
		newTopics: !wish || wish.newTopics,
		digestLanguages:
			locales.length < 2
				? []
				: locales.map((each) => ({ locale: each, name: nameOfLanguage(each), chosen: each === language })),
	}
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
