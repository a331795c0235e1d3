import { countdownSeconds, type Draft, findNext, getDigest } from '../../../digests/index.ts'
import { actorName, operator } from '../../../kernel/actor.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { Locale, Messages } from '../../../kernel/messages.ts'
import { type Newsletter, zoneOf } from '../../../newsletters/index.ts'
import type { RequestContext } from '../../server/route.ts'
import { nameOfLanguage } from '../../visitors/describe-newsletter.ts'
import { type ConsoleFrame, describeFrame, type FrameDeps } from '../describe-frame.ts'
import { type Speech, speakTimes } from '../speak-times.ts'
import { describeWaiting, type WaitingView } from './describe-waiting.ts'

export type DraftStepName = 'prepare' | 'preview' | 'check'

/** What the three pages of a draft have in common: its title, the steps, and how it stands. */
export type DraftFrame = {
	frame: ConsoleFrame
	say: Speech
	step: DraftStepName
	draft: Pick<
		Draft,
		| 'id'
		| 'isLetter'
		| 'corrects'
		| 'state'
		| 'occurrence'
		| 'startsAt'
		| 'startedByName'
		| 'problem'
		| 'revision'
		| 'versionId'
	>
	/** What it corrects: the digest of that day. */
	corrects: { id: number; day: Date } | null
	/** How it stands where the schedule made it. */
	waiting: WaitingView | null
	now: Date
	/** The day that stands in the title: when it goes out by its schedule, else today. */
	day: Date
	scheduledAt: Date | null
	languages: Array<{ locale: Locale; name: string }>
	/** What those are called who saved a version or answered; null stands for the schedule. */
	nameSaver(name: string | null): string
	countdown: { seconds: number; of: number } | null
}

export async function describeDraftFrame(
	deps: FrameDeps & { clock: Clock },
	request: RequestContext,
	{ draft, newsletter, step }: { draft: Draft; newsletter: Newsletter; step: DraftStepName },
): Promise<DraftFrame> {
	const now = deps.clock.now()
	// no schedule sends a letter
	const next = draft.isLetter ? undefined : await findNext(deps.db, newsletter, { kind: draft.kind, now })
	const scheduledAt = next && !next.skipped ? next.goesAt : null
	const left = draft.startsAt ? (draft.startsAt.getTime() - now.getTime()) / 1_000 : undefined
	const corrected = draft.corrects === null ? undefined : await getDigest(deps, draft.corrects)
	return {
		corrects: corrected ? { id: corrected.id, day: corrected.createdAt } : null,
		frame: await describeFrame(deps, request, { newsletter, current: 'digests' }),
		say: speakTimes(deps.messages, request.locale, zoneOf(newsletter)),
		step,
		draft,
		waiting: await describeWaiting(deps, { draft, newsletter }, request.signedIn.member),
		now,
		day: draft.startsAt ?? draft.goesAt ?? draft.occurrence ?? scheduledAt ?? now,
		scheduledAt,
		languages: newsletter.texts.map(({ locale }) => ({ locale, name: nameOfLanguage(locale) })),
		nameSaver: (name) => nameSaver(deps.messages, request.locale, name),
		countdown:
			left !== undefined && left <= countdownSeconds
				? { seconds: Math.max(0, Math.ceil(left)), of: countdownSeconds }
				: null,
	}
}

function nameSaver(messages: Messages, locale: Locale, name: string | null): string {
	if (name === null) return messages.text(locale, 'console.draft.by_schedule')
	return name === actorName(operator) ? messages.text(locale, 'console.draft.by_operator') : name
}
