import type { Response } from 'express'
import type { HttpOptions } from './http-options.ts'
import type { Answer } from './route.ts'
import { mailPolicy, mailPolicyWithoutPictures, pagePolicyLeadingTo } from './security-headers.ts'
import { setCookie } from './set-cookie.ts'

/** Sends what a handler answers at once. */
export function sendAnswer(
	options: HttpOptions,
	response: Response,
	answer: Exclude<Answer, { events: unknown } | { parts: unknown } | { framed: true }>,
): void {
	response.status(answer.status ?? 200)
	if (answer.policy === 'mail') response.setHeader('Content-Security-Policy', mailPolicy)
	if (answer.policy === 'mail_without_pictures') {
		response.setHeader('Content-Security-Policy', mailPolicyWithoutPictures)
	}
	if (answer.formsLeadTo) {
		response.setHeader('Content-Security-Policy', pagePolicyLeadingTo(answer.formsLeadTo))
	}
	for (const cookie of answer.cookies ?? []) setCookie(options, response, cookie)
	for (const [name, value] of Object.entries(answer.headers ?? {})) {
		// beside what it varies by already
		if (name === 'Vary') response.vary(value)
		else response.setHeader(name, value)
	}
	if ('page' in answer) {
		response.setHeader('Content-Language', answer.locale)
		response.type('html').send(options.renderPage(answer.page, answer.locale, answer.data))
	} else if ('json' in answer) sendJson(response, answer.json)
	else if ('text' in answer) response.type(answer.contentType).send(answer.text)
	else if ('bytes' in answer) response.type(answer.contentType).send(Buffer.from(answer.bytes))
	else if ('redirect' in answer) {
		const base = answer.redirect.startsWith('/') ? options.basePath : ''
		response.redirect(answer.status ?? 303, base + answer.redirect)
	} else response.end()
}

/** Only what is read again can be asked for by its ETag (RFC 9110 §8.8.3): other answers are not hashed for one. */
function sendJson(response: Response, json: unknown): void {
	if (response.req.method === 'GET' || response.req.method === 'HEAD') response.json(json)
	else response.type('json').end(JSON.stringify(json))
}
