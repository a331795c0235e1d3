import type { AppOverrides } from '../app.ts'
import type { Config } from '../config.ts'
import { noteOutOfStep } from '../deliveries/index.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Database } from '../kernel/database.ts'
import type { Log } from '../kernel/log.ts'
import type { Mailer, SignDkim } from '../kernel/mail.ts'
import { type CapturedMailer, createCapturedMailer } from '../mail/captured-mailer.ts'
import { judgingMailer } from '../mail/judging-mailer.ts'
import { severalRelays } from '../mail/several-relays.ts'
import { createDkimSigner } from '../mail/sign-dkim.ts'
import { signingMailer } from '../mail/signing-mailer.ts'
import { createChunkingTrial } from '../mail/smtp/chunking-trial.ts'
import { createSmtpMailer } from '../mail/smtp-mailer.ts'
import type { createMetrics } from '../metrics/create-metrics.ts'
import { measuringMailer } from '../metrics/measuring-mailer.ts'
import { readAccountRefusal } from '../refusals/index.ts'

type MailParts = {
	db: Database
	clock: Clock
	log: Log
	captured: CapturedMailer | undefined
	countSend: ReturnType<typeof createMetrics>['countSend']
}

/** What takes mail where no relay is set. */
export function openCapturedMail({ smtpUrl }: Config): CapturedMailer | undefined {
	return smtpUrl ? undefined : createCapturedMailer()
}

/** The way out for mail, signed and counted: the relays of SMTP_URL, or the captured mail. */
export function openMail(
	config: Config,
	overrides: AppOverrides,
	{ db, clock, log, captured, countSend }: MailParts,
): { mailer: Mailer; signDkim: SignDkim | undefined } {
	const signDkim = config.dkimKeys.length > 0 ? createDkimSigner(config.dkimKeys, { clock, log }) : undefined
	const prepared = (relay: Mailer) =>
		measuringMailer(signDkim ? signingMailer(relay, signDkim) : relay, countSend, {
			captures: captured !== undefined,
		})
	if (captured) return { mailer: prepared(captured), signDkim }
	return { mailer: openRelays(config, overrides, { db, log, prepared }), signDkim }
}

/** The relays of SMTP_URL as one, each known by its host. `prepared` adds what Envoi does to each message on its way out. */
function openRelays(
	config: Config,
	{ openRelay = createSmtpMailer }: AppOverrides,
	{ db, log, prepared }: { db: Database; log: Log; prepared(relay: Mailer): Mailer },
): Mailer {
	const relays = (config.smtpUrl ?? '').split(/\s+/).map((url) => {
		const { host, searchParams } = new URL(url)
		const relay = openRelay({
			url,
			connections: config.smtpConnections,
			name: config.ehloName,
			chunking: createChunkingTrial({
				onDecided: (found) =>
					log.info({ relay: host, ...found }, 'two messages at once were timed (CHUNKING)'),
			}),
			onOutOfStep: (what, seconds) => noteOutOfStep({ db, log }, { relay: host, what, seconds }),
		})
		const mailer = prepared(judgingMailer(relay, readAccountRefusal))
		return { name: host, weight: Number(searchParams.get('weight') || 1), mailer }
	})
	return severalRelays(relays, log)
}
