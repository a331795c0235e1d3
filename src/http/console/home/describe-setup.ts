import { hasAudited } from '../../../audit/index.ts'
import { listRelayTests } from '../../../deliveries/index.ts'
import { findCurrentDraft, listDigests, missingDetails } from '../../../digests/index.ts'
import { mayDo } from '../../../kernel/actor.ts'
import type { Database } from '../../../kernel/database.ts'
import type { Mailer } from '../../../kernel/mail.ts'
import type { Newsletter } from '../../../newsletters/index.ts'
import { listSources } from '../../../stories/index.ts'
import { countSubscriptions } from '../../../subscriptions/index.ts'
import type { RequestContext } from '../../server/route.ts'

export type SetupDeps = { db: Database; captured: object | undefined; mailer: Pick<Mailer, 'relays'> }

const names = ['sender', 'sources', 'look', 'relay', 'test', 'readers'] as const

/** What is to be done once before the first digest. Each step is done when the data say so; any may be done at any time. */
export type Setup = {
	steps: Array<{ name: (typeof names)[number]; done: boolean; href: string }>
	done: number
	captured: boolean
	/** Whether a digest has gone out to readers: then only what is left is shown. */
	afterFirst: boolean
}

// what a newsletter has whose colour nobody chose
const givenColours = ['#0f5c5c', '#0b5cad']

/** The steps for who may take them; null once all are done. */
export async function describeSetup(
	deps: SetupDeps,
	newsletter: Newsletter,
	{ actor }: Pick<RequestContext, 'actor'>,
): Promise<Setup | null> {
	if (!mayDo(actor, 'newsletters.change')) return null
	const digests = await listDigests(deps, newsletter.id, { limit: 5 })
	const afterFirst = digests.some(({ state }) => state === 'completed')
	const done = await findDone(deps, newsletter, { afterFirst })
	const steps = names.map((name) => ({ name, done: done[name] }))
	if (steps.every((step) => step.done)) return null
	const draft = await findCurrentDraft(deps.db, { newsletterId: newsletter.id, kind: 'each' })
	const base = `/console/newsletters/${newsletter.slug}`
	const hrefs: Record<(typeof names)[number], string> = {
		sender: `${base}/settings`,
		sources: `${base}/sources`,
		look: `${base}/look`,
		relay: `${base}/sender#relays`,
		test: draft ? `/console/drafts/${draft.id}/preview#test` : `${base}#next`,
		readers: `${base}/forms`,
	}
	return {
		steps: steps.map((step) => ({ ...step, href: hrefs[step.name] })),
		done: steps.filter((step) => step.done).length,
		captured: deps.captured !== undefined,
		afterFirst,
	}
}

async function findDone(
	deps: SetupDeps,
	newsletter: Newsletter,
	{ afterFirst }: { afterFirst: boolean },
): Promise<Record<(typeof names)[number], boolean>> {
	const subject = `newsletter:${newsletter.slug}`
	const sources = await listSources(deps, { newsletterId: newsletter.id })
	const tests = await listRelayTests(deps)
	const relays = deps.mailer.relays ?? []
	const takesUs = ({ name }: { name: string }) =>
		tests.some(({ relay, trouble }) => relay === name && trouble === null)
	const counts = await countSubscriptions(deps, newsletter.id)
	const hasLook = newsletter.logo !== null || newsletter.logoUrl !== null
	const isCaptured = deps.captured !== undefined
	return {
		// what a digest that went out has shown need not be tried
		sender: missingDetails(newsletter).length === 0,
		sources:
			afterFirst || sources.some(({ lastPolledAt, problem }) => lastPolledAt !== null && problem === null),
		look:
			hasLook ||
			!givenColours.includes(newsletter.colour) ||
			(await hasAudited(deps, { action: 'change-look', subject })),
		relay: !isCaptured && (afterFirst || (relays.length > 0 && relays.every(takesUs))),
		test: afterFirst || (await hasAudited(deps, { action: 'test', subject })),
		readers: afterFirst || counts.active + counts.paused + counts.pending > 0,
	}
}
