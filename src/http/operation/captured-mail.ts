import { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import type { CapturedMail, CapturedMailer } from '../../kernel/mail.ts'
import type { Locale } from '../../kernel/messages.ts'
import { type Answer, defineRoute, type RequestContext, type Route } from '../server/route.ts'

/** The mail that was captured instead of sent, newest first. */
export type MailboxDeps = { captured: Pick<CapturedMailer, 'list' | 'get'> }

const shared = { access: 'public', tag: 'Captured mail' } as const
const privateHeaders = { 'Cache-Control': 'no-store', 'X-Robots-Tag': 'noindex' }

/**
 * `/dev/mailbox`: what was captured because no SMTP_URL is set: list, HTML, text, source. It holds everybody's links, so it
 * answers only on the machine itself.
 */
export function mailboxRoutes(deps: MailboxDeps): Route[] {
	return [
		listCaptured(deps),
		showCaptured(deps, '/dev/mailbox/{id}', 'A captured mail', async (mail, locale) => ({
			page: 'operation/mailbox-mail',
			locale,
			data: { mail: await summarise(mail) },
		})),
		showCaptured(deps, '/dev/mailbox/{id}/html', 'The HTML part of a captured mail', async (mail) => ({
			text: openLinksOutside((await mail.parse()).html),
			contentType: 'text/html',
			policy: 'mail',
		})),
		showCaptured(deps, '/dev/mailbox/{id}/text', 'The text part of a captured mail', async (mail) => ({
			text: (await mail.parse()).text,
			contentType: 'text/plain',
		})),
		showCaptured(deps, '/dev/mailbox/{id}/source', 'The source of a captured mail', (mail) => ({
			text: mail.raw,
			contentType: 'text/plain',
		})),
	]
}

function listCaptured({ captured }: MailboxDeps): Route {
	return defineRoute({
		...shared,
		method: 'get',
		path: '/dev/mailbox',
		summary: 'The list of captured mail; only where no SMTP_URL is set, on the machine itself',
		responses: {
			200: { description: 'The list, newest first', contentType: 'text/html' },
			404: { description: 'Not asked on this machine itself, or through a proxy' },
		},
		handle: async ({ request }) => {
			requireDirect(request)
			const mails = await Promise.all(captured.list().map(summarise))
			return { page: 'operation/mailbox', locale: request.locale, headers: privateHeaders, data: { mails } }
		},
	})
}

function showCaptured(
	{ captured }: MailboxDeps,
	path: `/${string}`,
	summary: string,
	answer: (mail: CapturedMail, locale: Locale) => Promise<Answer> | Answer,
): Route {
	const contentType = /\/(?:text|source)$/.test(path) ? 'text/plain' : 'text/html'
	return defineRoute({
		...shared,
		method: 'get',
		path,
		summary,
		params: z.object({ id: z.coerce.number().int() }),
		responses: {
			200: { description: 'The mail', contentType },
			404: { description: 'No such mail, or not asked on this machine itself' },
		},
		handle: async ({ params: { id }, request }) => {
			requireDirect(request)
			const mail = captured.get(id)
			if (!mail) throw new AppError('not_found', 'errors.not_found')
			return { ...(await answer(mail, request.locale)), headers: privateHeaders }
		},
	})
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
