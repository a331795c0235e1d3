import { z } from 'zod'
import { listVisitors, visitDraft } from '../../../digests/index.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Database } from '../../../kernel/database.ts'
import type { Messages } from '../../../kernel/messages.ts'
import { consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { form } from '../route-parts.ts'
import { findOwnDraft } from './find-own-draft.ts'

type Deps = { db: Database; clock: Clock; messages: Messages }

/** Says that somebody has a draft open, every now and then from the page's script, and answers who else has. */
export function presenceRoutes(deps: Deps): Route[] {
	return [
		defineRoute({
			tag: consoleTag,
			access: { console: 'digests.prepare' },
			...form,
			method: 'post',
			path: '/console/drafts/{id}/here',
			params: z.object({ id: z.coerce.number().int().positive() }),
			summary: 'Have a draft open',
			responses: { 200: { description: 'Who else has it open, in words', contentType: 'application/json' } },
			body: z.object({}),
			handle: async ({ params: { id }, request }) => {
				await findOwnDraft(deps, request, id)
				await visitDraft(deps, id, request.signedIn.member)
				return { json: { words: await describeOthers(deps, request, id) } }
			},
		}),
	]
}

/** Who else has a draft open, as a sentence; empty where nobody has. */
export async function describeOthers(deps: Deps, request: RequestContext, draftId: number): Promise<string> {
	const names = await listVisitors(deps, draftId, request.signedIn.member.id)
	if (names.length === 0) return ''
	const { locale } = request
	const list = new Intl.ListFormat(locale, { type: 'conjunction' }).format(names)
	return deps.messages.text(locale, 'console.draft.here', { count: names.length, names: list })
}
