import { listPauses, listRelayTests, type RelayTest, type SendingPause } from '../../deliveries/index.ts'
import type { Database } from '../../kernel/database.ts'
import type { Mailer } from '../../kernel/mail.ts'
import type { Locale, Messages } from '../../kernel/messages.ts'
import { readOwnReason } from '../../kernel/own-reason.ts'

export type RelaysDeps = { db: Database; messages: Messages; mailer: Pick<Mailer, 'relays'> }

export type RelayRow = {
	/** Host and port, without its password. */
	name: string
	pause: { reason: string; until: Date; held: boolean } | null
	test: RelayTest | null
}

/** Each relay of the settings, with why it is left alone now, and what it said the last time that staff tried it. */
export async function describeRelays(deps: RelaysDeps, locale: Locale): Promise<RelayRow[]> {
	const pauses = (await listPauses(deps)).filter(({ scope }) => scope === 'relay')
	const tests = await listRelayTests(deps)
	return (deps.mailer.relays ?? []).map(({ name }) => {
		const pause = pauses.find((each) => each.name === name)
		return {
			name,
			pause: pause ? { ...pause, reason: speakReason(deps.messages, locale, pause) } : null,
			test: tests.find(({ relay }) => relay === name) ?? null,
		}
	})
}

function speakReason(messages: Messages, locale: Locale, { reason }: SendingPause): string {
	const own = readOwnReason(reason)
	return own ? messages.text(locale, `reasons.${own.reason}`, { detail: own.detail }) : reason
}
