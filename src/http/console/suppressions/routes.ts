import { z } from 'zod'
import { mayDo } from '../../../kernel/actor.ts'
import type { Clock } from '../../../kernel/clock.ts'
import { suppressionReasons } from '../../../kernel/enumerations.ts'
import type { Keys } from '../../../kernel/keys.ts'
import { lineInput } from '../../../kernel/text-input.ts'
import { namePersonsByHashes } from '../../../subscriptions/index.ts'
import {
	findByStaff,
	liftByStaff,
	listSuppressions,
	lookUpSuppression,
	type SuppressionRow,
} from '../../../suppressions/index.ts'
import { suppressionCursor } from '../../api/suppressions/suppression-cursor.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { toPage } from '../../server/paging.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { speakTimes } from '../speak-times.ts'

export type SuppressionPagesDeps = FrameDeps & { clock: Clock; keys: Keys }

const path = '/console/suppressions'
const perPage = 50
const hash = z.string().regex(/^[\w-]{43}$/, 'errors.suppression.hash')

/** Addresses that are not mailed: the list, a search by the exact address, and taking one off. */
export function suppressionPageRoutes(deps: SuppressionPagesDeps): Route[] {
	return [listRoute(deps), findRoute(deps), liftRoute(deps)]
}

/** The filters as they were typed. */
const typed = z.object({
	kind: z.string().max(100).default(''),
	after: z.string().max(200).default(''),
	/** The keyed hash of the address that is looked at. */
	of: z.string().max(100).default(''),
	done: z.literal('lifted').optional().catch(undefined),
})

const wanted = z.object({
	kind: z
		.union([z.enum(suppressionReasons), z.literal('')], 'errors.suppression.reason')
		.transform((name) => name || undefined),
	after: z.string().transform((text, context) => {
		const place = text === '' ? undefined : suppressionCursor.read(text)
		if (text === '' || place) return place
		context.addIssue({ code: 'custom', message: 'errors.cursor' })
		return z.NEVER
	}),
	of: z.union([hash, z.literal('')], 'errors.suppression.hash').transform((text) => text || undefined),
})

type Typed = z.output<typeof typed>
type Again = { why?: string; address?: string; error?: ErrorBody }

async function show(
	deps: SuppressionPagesDeps,
	request: RequestContext,
	filters: Typed,
	{ why = '', address = '', error }: Again = {},
): Promise<Answer> {
	const { kind: reason, after, of } = checkInput(wanted, filters)
	const found = await listSuppressions(deps, { reason, before: after, limit: perPage + 1 })
	const { items, next } = toPage(found, perPage, suppressionCursor.write)
	const looked = of === undefined ? undefined : await lookUpSuppression(deps, { addressHash: of })
	const hashes = [...items.map(({ addressHash }) => addressHash), ...(of === undefined ? [] : [of])]
	const persons = mayDo(request.actor, 'subscribers.read')
		? await namePersonsByHashes(deps, hashes, request.actor)
		: new Map()
	return {
		page: 'console/suppressions',
		locale: request.locale,
		data: {
			...(await describeShared(deps, request, filters)),
			rows: items.map((row) => ({ ...row, person: persons.get(row.addressHash) ?? null })),
			next,
			looked: looked ? { ...looked, person: persons.get(looked.addressHash) ?? null } : null,
			...{ why, address, error },
		},
	}
}

async function describeShared(deps: SuppressionPagesDeps, request: RequestContext, filters: Typed) {
	return {
		frame: await describeFrame(deps, request, { current: 'readers' }),
		say: speakTimes(deps.messages, request.locale, 'UTC'),
		reasons: suppressionReasons,
		filters: { kind: filters.kind, of: filters.of },
		lifted: filters.done === 'lifted',
		mayLift: mayDo(request.actor, 'suppressions.change'),
	}
}

const shared = { tag: consoleTag } as const

function listRoute(deps: SuppressionPagesDeps): Route {
	return defineRoute({
		...shared,
		access: { console: 'suppressions.read' },
		...{ method: 'get', path, summary: 'Addresses that are not mailed', responses },
		query: typed,
		handle: ({ query, request }) =>
			showAgain(
				deps,
				request,
				() => show(deps, request, query),
				// what can't be understood shows nothing
				async (error): Promise<Answer> => {
					const nothing = { rows: [], next: null, looked: null, why: '', address: '', error }
					const data = { ...(await describeShared(deps, request, query)), ...nothing }
					return { page: 'console/suppressions', locale: request.locale, data }
				},
			),
	})
}

/** Leads on by the hash, so that no address stands in a path or a log. */
function findRoute(deps: SuppressionPagesDeps): Route {
	return defineRoute({
		...shared,
		...form,
		access: { console: 'suppressions.read' },
		...{ method: 'post', path: `${path}/find`, summary: 'Look for an address', responses: onward },
		body: z.object({ address: z.string().max(1_000).default('') }),
		handle: ({ body, request }) =>
			showAgain(
				deps,
				request,
				async () => {
					const addressHash = await findByStaff(deps, body.address, request.actor)
					return { redirect: `${path}?of=${addressHash}` }
				},
				(error) => show(deps, request, typed.parse({}), { address: body.address, error }),
			),
	})
}

const liftWish = z.object({ of: hash, reason: lineInput(200, 0).min(3) })

function liftRoute(deps: SuppressionPagesDeps): Route {
	return defineRoute({
		...shared,
		...form,
		access: { console: 'suppressions.change' },
		...{ method: 'post', path: `${path}/lift`, summary: 'Take an address off the list', responses: onward },
		body: z.object({ of: hash, reason: z.string().max(1_000).default('') }),
		handle: ({ body, request }) =>
			showAgain(
				deps,
				request,
				async () => {
					const { of, reason } = checkInput(liftWish, body)
					await liftByStaff(deps, { addressHash: of }, reason, request.actor)
					return { redirect: `${path}?of=${of}&done=lifted` }
				},
				(error) => show(deps, request, typed.parse({ of: body.of }), { why: body.reason, error }),
			),
	})
}

/** A row of the list; `person`: whose address it is, where that is known. */
export type SuppressedRow = SuppressionRow & {
	person: { id: number; address: string; newsletter: string } | null
}
