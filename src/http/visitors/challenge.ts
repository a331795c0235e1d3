import { z } from 'zod'
import type { Newsletter, ReadNewsletter } from '../../newsletters/index.ts'
import { makeChallenge, type SubscribeDeps } from '../../subscriptions/index.ts'
import { defineRoute, type Route } from '../server/route.ts'
import { allowSites } from './allow-sites.ts'
import { slug } from './subscribe-input.ts'

type ChallengeDeps = Pick<SubscribeDeps, 'keys' | 'clock' | 'asksChallenge'> & {
	readNewsletter: ReadNewsletter
}

/** What the browser of who signs up is asked to solve, for forms of ours, of other sites and for programs. */
export function challengeRoutes(deps: ChallengeDeps): Route[] {
	return [
		defineRoute({
			access: 'public',
			tag: 'Subscribing',
			method: 'get',
			path: '/api/v1/newsletters/{slug}/challenge',
			crossOrigin: allowSites(deps),
			summary: 'A challenge to solve before subscribing, where one is asked for',
			description:
				'Proof of work as ALTCHA has it (version 2). Its solution, JSON as base64 as the widgets of ALTCHA make it, goes into `altcha` of the sign-up: once, within an hour, for this newsletter. Who has none is taken within smaller caps.',
			params: z.object({ slug }),
			responses: {
				200: { description: 'To be solved', schema: challenge },
				204: { description: 'None is asked for now' },
				404: { description: 'No such newsletter' },
			},
			handle: async ({ params }) => {
				const { id } = await deps.readNewsletter(params.slug)
				const headers = { 'Cache-Control': 'no-store' }
				if (!(await deps.asksChallenge(id))) return { status: 204, empty: true, headers }
				return { json: await makeChallenge(deps, id), headers }
			},
		}),
	]
}

const challenge = z
	.object({
		parameters: z.object({
			algorithm: z.string().meta({ example: 'PBKDF2/SHA-256' }),
			nonce: z.string(),
			salt: z.string(),
			cost: z.int(),
			keyLength: z.int(),
			keyPrefix: z.string(),
			keySignature: z.string(),
			data: z.object({ expires: z.int().meta({ description: 'When its time is over, in seconds' }) }),
		}),
		signature: z.string(),
	})
	.meta({ id: 'SignupChallenge' })

/** Where a form finds its challenge; null where none is asked for now. */
export async function findChallengePath(
	{ asksChallenge }: Pick<SubscribeDeps, 'asksChallenge'>,
	{ id, slug: name }: Newsletter,
): Promise<string | null> {
	return (await asksChallenge(id)) ? `/api/v1/newsletters/${name}/challenge` : null
}

type PostedForm = {
	started?: string | undefined
	altcha?: string | undefined
	website?: string | undefined
}

/** Whether a form of another site, which has no challenge, is to be finished on a page of ours that has. */
export async function wantsSolution(
	{ asksChallenge }: Pick<SubscribeDeps, 'asksChallenge'>,
	{ id }: Newsletter,
	{ started, altcha, website }: PostedForm,
): Promise<boolean> {
	if (started !== undefined || altcha || website) return false
	return asksChallenge(id)
}
