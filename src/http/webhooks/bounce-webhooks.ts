import { z } from 'zod'
import { type ReceiveWebhookDeps, receiveWebhook } from '../../bounces/index.ts'
import { AppError } from '../../kernel/app-error.ts'
import type { Messages } from '../../kernel/messages.ts'
import { describeErrors, errorAnswer } from '../api/staff-answers.ts'
import { answerError } from '../server/answer-error.ts'
import { defineRoute, type Route, rawBody } from '../server/route.ts'

export type BounceWebhooksDeps = ReceiveWebhookDeps & { messages: Messages }

/** Where the providers that send our mail on tell what became of it. */
export function bounceWebhookRoutes(deps: BounceWebhooksDeps): Route[] {
	return [
		defineRoute({
			method: 'post',
			path: '/webhooks/bounces/{provider}',
			tag: 'Bounces',
			access: 'public',
			summary: 'Tell what became of messages',
			description:
				'For the webhooks of Amazon SES, Brevo, Mailgun, Mailjet, Postmark, SendGrid and SparkPost, and a generic one in a form of its own. Each is signed, or carries a secret. What it reports besides bounces, complaints and deliveries is ignored; the same event again changes nothing.',
			params: z.object({ provider: z.string().meta({ example: 'postmark' }) }),
			body: rawBody,
			bodyTypes: ['raw'],
			maxBodyBytes: 1024 * 1024,
			responses: {
				200: { description: 'How many events were taken', schema: outcome },
				...describeErrors(400, 404, 422, 503),
				401: { description: 'The signature or secret is missing, wrong or too old', schema: errorAnswer },
			},
			handle: async ({ params, body, request }) => {
				const { header, log } = request
				try {
					return { json: await receiveWebhook({ ...deps, log }, params.provider, { body, header }) }
				} catch (error) {
					if (!(error instanceof AppError) || error.code !== 'unauthenticated') throw error
					const answer = answerError(error, request.locale, deps.messages, request.id)
					return { status: answer.status, headers: askForPassword, json: answer.body }
				}
			},
		}),
	]
}

/** RFC 7617: some send the password of their address only when they are asked. */
const askForPassword = { 'WWW-Authenticate': 'Basic realm="Envoi"', 'Cache-Control': 'no-store' }

const count = z.int().min(0)

const outcome = z.object({
	recorded: count.meta({ description: 'Events that are new' }),
	known: count.meta({ description: 'Events that had been reported before' }),
	unmatched: count.meta({ description: 'Events about no mail of ours' }),
})
