import { z } from 'zod'
import { type listPauses, testRelays } from '../../../deliveries/index.ts'
import { changeScheduledNewsletter } from '../../../digests/index.ts'
import { type Newsletter, newsletterChanges, type SenderConfig } from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { describeSetup, type SetupDeps } from '../home/describe-setup.ts'
import { form, onward, responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { describeSender, type SenderFields } from './describe-sender.ts'

export type SenderPageDeps = FrameDeps &
	SetupDeps &
	Parameters<typeof changeScheduledNewsletter>[0] &
	Parameters<typeof testRelays>[0] &
	Parameters<typeof listPauses>[0] & {
		config: SenderConfig
	}

const path = '/console/newsletters/{slug}/sender'

/** A field that comes twice counts once. */
const one = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat()[0] ?? '')

type Shown = { typed?: SenderFields; error?: ErrorBody; relayError?: ErrorBody; saved?: boolean }

/** Who the mail comes from, the records in DNS that follow from the settings, and a try of the relays. */
export function senderPageRoutes(deps: SenderPageDeps): Route[] {
	return [...formRoutes(deps), testRoute(deps)]
}

async function show(
	deps: SenderPageDeps,
	request: RequestContext,
	newsletter: Newsletter,
	{ typed, saved = false, error, relayError }: Shown = {},
): Promise<Answer> {
	const view = await describeSender(deps, newsletter, request)
	return {
		page: 'console/sender',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { newsletter, current: 'settings' }),
			setup: await describeSetup(deps, newsletter, request),
			...view,
			fields: { ...view.fields, ...typed },
			saved,
			error,
			relayError,
		},
	}
}

function formRoutes(deps: SenderPageDeps): Route[] {
	const shared = {
		tag: consoleTag,
		access: { console: 'newsletters.change' },
		path,
		params: slugOnly,
	} as const
	return [
		defineRoute({
			...shared,
			...{ method: 'get', summary: 'Sender and DNS', responses },
			query: z.object({ saved: z.string().optional() }),
			handle: async ({ params, query, request }) =>
				show(deps, request, await findOwnNewsletter(deps, request, params.slug), {
					saved: query.saved === 'yes',
				}),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', summary: 'Change who the mail comes from', responses },
			body: z.record(z.string(), one),
			handle: async ({ params: { slug }, body, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, slug)
				return showAgain(
					deps,
					request,
					async () => {
						const changes = checkInput(newsletterChanges, toChanges(newsletter, body))
						await changeScheduledNewsletter(deps, slug, changes, request.actor)
						return { redirect: `${path.replace('{slug}', slug)}?saved=yes` }
					},
					(error) => show(deps, request, newsletter, { typed: body, error: renameFields(error) }),
				)
			},
		}),
	]
}

function toChanges({ texts }: Newsletter, fields: SenderFields) {
	const names = texts.flatMap(({ locale }) => {
		const fromName = fields[`fromName_${locale}`]
		return fromName === undefined ? [] : [[locale, { fromName: fromName.trim() }]]
	})
	return {
		fromAddress: fields.fromAddress?.trim() ?? '',
		replyTo: fields.replyTo?.trim() || null,
		texts: Object.fromEntries(names),
	}
}

function renameFields(error: ErrorBody): ErrorBody {
	const rename = (field: string) => field.replace(/^texts\.(\w+)\.fromName$/, 'fromName_$1')
	return { ...error, fields: error.fields.map((each) => ({ ...each, field: rename(each.field) })) }
}

/** Connects to the relays of the settings, and to nothing else: nothing in the form says where to. */
function testRoute(deps: SenderPageDeps): Route {
	return defineRoute({
		tag: consoleTag,
		access: { console: 'installation.resume' },
		...form,
		...{ method: 'post', path: `${path}/relay`, params: slugOnly, summary: 'Try the relays' },
		responses: onward,
		body: z.object({}),
		handle: async ({ params: { slug }, request }) => {
			const newsletter = await findOwnNewsletter(deps, request, slug)
			return showAgain(
				deps,
				request,
				async () => {
					await testRelays(deps, request.actor)
					return { redirect: `${path.replace('{slug}', slug)}#relays` }
				},
				(relayError) => show(deps, request, newsletter, { relayError }),
			)
		},
	})
}
