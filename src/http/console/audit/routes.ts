import { z } from 'zod'
import { readActorName } from '../../../kernel/actor.ts'
import { type Answer, consoleTag, defineRoute, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps } from '../describe-frame.ts'
import { responses } from '../route-parts.ts'
import { describeAudit } from './describe-audit.ts'

export type AuditPageDeps = FrameDeps

const query = z.object({
	/** Who: `member:5`, as the page itself offers; one that names nobody is refused, so that nothing seems to be all. */
	who: z
		.string()
		.max(100)
		.default('')
		.transform((text, context) => {
			const actor = text === '' ? undefined : readActorName(text)
			if (text === '' || actor) return { text, actor }
			context.addIssue({ code: 'custom', message: 'errors.audit.who' })
			return z.NEVER
		}),
	subject: z.string().trim().max(200).default(''),
	before: z.coerce.number().int().positive().optional(),
})

/** What staff, programs and the schedule did. */
export function auditPageRoutes(deps: AuditPageDeps): Route[] {
	return [
		defineRoute({
			tag: consoleTag,
			access: { console: 'staff.manage' },
			method: 'get',
			path: '/console/audit',
			summary: 'The audit log',
			query,
			responses,
			handle: async ({ query: { who, subject, before }, request }): Promise<Answer> => {
				const frame = await describeFrame(deps, request)
				const view = await describeAudit(deps, { actor: who.actor, subject, before }, request)
				const data = { frame, ...view, wanted: { who: who.text, subject } }
				return { page: 'console/audit', locale: request.locale, data }
			},
		}),
	]
}
