import { AppError, type ErrorCode } from '../../kernel/app-error.ts'
import type { Messages } from '../../kernel/messages.ts'
import { answerError, type ErrorBody } from '../server/answer-error.ts'
import type { Answer, RequestContext } from '../server/route.ts'

/** What a form can be sent back for; all else is an error page. */
const sentBackFor: ReadonlySet<ErrorCode> = new Set([
	'invalid',
	'limited',
	'conflict',
	'unauthenticated',
	'unavailable',
])

/** Does what a form asks for; where that is refused, the page with the form comes again and says why. */
export async function showAgain(
	{ messages }: { messages: Messages },
	request: RequestContext,
	act: () => Promise<Answer>,
	again: (problem: ErrorBody) => Answer | Promise<Answer>,
): Promise<Answer> {
	try {
		return await act()
	} catch (error) {
		if (!(error instanceof AppError) || !sentBackFor.has(error.code)) throw error
		const { status, headers, body } = answerError(error, request.locale, messages, request.id)
		const shown = await again(body)
		// where there is no form any more, the browser is led on
		if ('redirect' in shown) return shown
		const { 'WWW-Authenticate': _, ...kept } = headers
		return { ...shown, status, headers: { ...kept, ...shown.headers } }
	}
}
