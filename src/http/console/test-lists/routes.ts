import { z } from 'zod'
import {
	listTestLists,
	type Newsletter,
	removeTestList,
	saveTestList,
	testListInput,
} from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { form, onward, responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'

export type TestListDeps = FrameDeps & Parameters<typeof saveTestList>[0]

const shared = { tag: consoleTag, access: { console: 'digests.test' } } as const
const path = '/console/newsletters/{slug}/test-lists'
const one = slugOnly.extend({ list: z.coerce.number().int().positive() })
const body = z.object({ name: z.string().default(''), addresses: z.string().default('') })

/** Whose form was sent: a list’s, or that of a new one (0). */
type Typed = z.output<typeof body> & { list: number }

/** The lists that tests of a newsletter's digests go to: made, changed, removed. */
export function testListRoutes(deps: TestListDeps): Route[] {
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, params: slugOnly, summary: 'Test lists', responses },
			handle: async ({ params, request }) =>
				show(deps, request, await findOwnNewsletter(deps, request, params.slug)),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path, params: slugOnly, summary: 'Make a test list', responses: onward, body },
			handle: ({ params, body, request }) => save(deps, request, params.slug, { ...body, list: 0 }),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${path}/{list}`, params: one, summary: 'Change a test list' },
			...{ responses: onward, body },
			handle: ({ params: { slug, list }, body, request }) => save(deps, request, slug, { ...body, list }),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${path}/{list}/remove`, params: one, summary: 'Remove a test list' },
			...{ responses: onward, body: z.object({}) },
			handle: async ({ params: { slug, list }, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, slug)
				await removeTestList(deps, newsletter, list, request.actor)
				return { redirect: `/console/newsletters/${slug}/test-lists` }
			},
		}),
	]
}

async function save(
	deps: TestListDeps,
	request: RequestContext,
	slug: string,
	typed: Typed,
): Promise<Answer> {
	const newsletter = await findOwnNewsletter(deps, request, slug)
	return showAgain(
		deps,
		request,
		async () => {
			const { list, ...fields } = typed
			const input = checkInput(testListInput, fields)
			await saveTestList(deps, newsletter, { ...input, id: list || undefined }, request.actor)
			return { redirect: `/console/newsletters/${slug}/test-lists` }
		},
		(error) => show(deps, request, newsletter, { typed, error }),
	)
}

async function show(
	deps: TestListDeps,
	request: RequestContext,
	newsletter: Newsletter,
	{ typed, error }: { typed?: Typed; error?: ErrorBody } = {},
): Promise<Answer> {
	const kept = (await listTestLists(deps, newsletter.id)).map(({ id, name, addresses }) => ({
		list: id,
		name,
		addresses: addresses.join('\n'),
	}))
	const forms = [...kept, { list: 0, name: '', addresses: '' }]
	return {
		page: 'console/test-lists',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { newsletter, current: 'digests' }),
			slug: newsletter.slug,
			forms: forms.map((each) => ({
				...(each.list === typed?.list ? typed : each),
				error: each.list === typed?.list ? error : undefined,
			})),
			error,
		},
	}
}
