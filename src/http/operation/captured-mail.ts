import { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import type { CapturedMail, CapturedMailer } from '../../kernel/mail.ts'
import { type Answer, defineRoute, type RequestContext, type Route } from '../server/route.ts'

/** The mail that was captured instead of sent, newest first. */
export type MailboxDeps = { captured: Pick<CapturedMailer, 'list' | 'get'> }

const params = z.object({ id: z.coerce.number().int() })
const noStore = { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' }

/**
 * `/dev/mailbox`: what was captured because no SMTP_URL is set: list, HTML, text, source. It holds everybody's links, so it
 * answers only on the machine itself.
 */
export function mailboxRoutes(deps: MailboxDeps): Route[] {
	const page = (
		summary: string,
		path: `/${string}`,
		answer: (mail: CapturedMail, locale: string) => Promise<Answer>,
		contentType = 'text/html',
	) =>
		defineRoute({
			method: 'get',
			path,
			tag: 'Captured mail',
			summary,
			access: 'public',
			params,
			responses: {
				200: { description: 'The mail', contentType },
				404: { description: 'No such mail, or not asked on this machine itself' },
			},
			handle: async ({ params: { id }, request }) => {
				requireDirect(request)
				const mail = deps.captured.get(id)
				if (!mail) throw new AppError('not_found', 'errors.not_found')
				return answer(mail, request.locale)
			},
		})

	return [
		defineRoute({
			method: 'get',
			path: '/dev/mailbox',
			tag: 'Captured mail',
			summary: 'The list of captured mail; only where no SMTP_URL is set, on the machine itself',
			access: 'public',
			responses: {
				200: { description: 'The list, newest first', contentType: 'text/html' },
				404: { description: 'Not asked on this machine itself, or through a proxy' },
			},
			handle: async ({ request }) => {
				requireDirect(request)
				return {
					page: 'operation/mailbox',
					locale: request.locale,
					headers: noStore,
					data: { mails: await Promise.all(deps.captured.list().map(summarise)) },
				}
			},
		}),
		page('A captured mail', '/dev/mailbox/{id}', async (mail, locale) => ({
			page: 'operation/mailbox-mail',
			locale,
			headers: noStore,
			data: { mail: await summarise(mail) },
		})),
		page('The HTML part of a captured mail', '/dev/mailbox/{id}/html', async (mail) => ({
			text: openLinksOutside((await mail.parse()).html),
			contentType: 'text/html',
			policy: 'mail',
			headers: noStore,
		})),
		page(
			'The text part of a captured mail',
			'/dev/mailbox/{id}/text',
			async (mail) => ({
				text: (await mail.parse()).text,
				contentType: 'text/plain',
				headers: noStore,
			}),
			'text/plain',
		),
		page(
			'The source of a captured mail',
			'/dev/mailbox/{id}/source',
			async (mail) => ({
				text: mail.raw,
				contentType: 'text/plain',
				headers: noStore,
			}),
			'text/plain',
		),
	]
}

function requireDirect({ direct }: RequestContext): void {
	if (!direct) throw new AppError('not_found', 'errors.mailbox.not_direct')
}

async function summarise(mail: CapturedMail) {
	const { subject, from, to } = await mail.parse()
	return { id: mail.id, capturedAt: mail.capturedAt, subject, from, to }
}

/** The mail is shown in a frame: its links open beside it. */
function openLinksOutside(html: string): string {
	return html.replace(/<head[^>]*>/i, (head) => `${head}<base target="_blank">`)
}
