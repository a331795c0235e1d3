import type { retryFailedJob } from '../../../installation/index.ts'
import { mayDo } from '../../../kernel/actor.ts'
import type { FailedJob, JobKeeper, QueueState } from '../../../kernel/job-keeper.ts'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import type { ReadSystemFacts, SystemFacts } from '../../../kernel/system-facts.ts'
import { withTimeout } from '../../../kernel/with-timeout.ts'
import { listNewsletters, textIn } from '../../../newsletters/index.ts'
import { listSources, type Source } from '../../../stories/index.ts'
import type { RequestContext } from '../../server/route.ts'
import type { FrameDeps } from '../describe-frame.ts'
import { describeRelays, type RelayRow, type RelaysDeps } from '../describe-relays.ts'
import { type Speech, speakTimes } from '../speak-times.ts'

export type SystemPageDeps = FrameDeps &
	RelaysDeps &
	Parameters<typeof retryFailedJob>[0] & {
		jobKeeper: JobKeeper
		readSystemFacts: ReadSystemFacts
		captured: object | undefined
		version: string
	}

export type SystemView = {
	say: Speech
	version: string
	/** Null, like the queues, where they did not answer in time. */
	facts: SystemFacts | null
	captured: boolean
	relays: RelayRow[]
	queues: QueueState[] | null
	/** `words`: what its task is called. */
	failed: Array<FailedJob & { words: string }>
	sources: Array<{ newsletter: string; path: string; sources: Source[] }>
	mayRetry: boolean
}

const answersWithinMs = 3_000
const mostFailedOfQueue = 20

/** How this Envoi is: what it runs on, whether mail leaves, what waits and what failed, when sources were read. */
export async function describeSystem(
	deps: SystemPageDeps,
	{ locale, actor, log }: RequestContext,
): Promise<SystemView> {
	const inTime = <Result>(part: string, work: Promise<Result>) =>
		withTimeout(work, answersWithinMs).catch((err: unknown) => {
			log.warn({ part, err }, 'a part did not answer the page on the system')
			return null
		})
	const newsletters = await listNewsletters(deps)
	const failed = await inTime('failed', deps.jobKeeper.listFailed(mostFailedOfQueue))
	return {
		say: speakTimes(deps.messages, locale, 'UTC'),
		version: deps.version,
		facts: await inTime('facts', deps.readSystemFacts()),
		captured: deps.captured !== undefined,
		relays: await describeRelays(deps, locale),
		queues: await inTime('queues', deps.jobKeeper.count()),
		failed: (failed ?? []).map((job) => ({ ...job, words: nameJob(deps.messages, locale, job.name) })),
		sources: await Promise.all(
			newsletters.map(async (newsletter) => ({
				newsletter: textIn(newsletter, locale).name,
				path: `/console/newsletters/${newsletter.slug}/sources`,
				sources: await listSources(deps, { newsletterId: newsletter.id }),
			})),
		),
		mayRetry: mayDo(actor, 'installation.resume'),
	}
}

function nameJob(messages: Messages, locale: Locale, name: string): string {
	const key = `console.system.job.${name.replaceAll('-', '_')}`
	return messages.has(key) ? messages.text(locale, key) : name
}
