import type { App } from '../app.ts'
import { mayCapture } from '../config/may-capture.ts'
import type { Config } from '../config.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Log } from '../kernel/log.ts'

/** Throws `invalid`, with what to set, where mail would have no way out though readers wait for it. */
export function requireWayOut(config: Config): void {
	if (config.smtpUrl !== undefined || mayCapture(config)) return
	const typed = config.unknownSettings.find(({ meant }) => meant === 'SMTP_URL')
	const key = config.captureMail === false ? 'capture_off' : 'no_relay'
	throw new AppError('invalid', `errors.mail.${typed ? 'mistyped' : key}`, {
		params: { url: config.publicUrl, name: typed?.name ?? '' },
	})
}

/** Names in the log what looks like a setting and is none. Never its value, which may be a secret. */
export function nameUnknownSettings({ unknownSettings }: Config, log: Log): void {
	for (const { name, meant } of unknownSettings) {
		log.warn({ setting: name, meant }, `${name} is no setting of Envoi: did you mean ${meant}?`)
	}
}

/** Tells in the log which relays can't be had, or that mail is captured. Nothing waits for it: a relay may come back. */
export async function tellOfWayOut({ captured, config, log, mailer }: App): Promise<void> {
	if (captured) {
		const { publicUrl: url } = config
		log.warn({ mail: 'captured', url }, 'mail is captured: nobody is sent anything, as no SMTP_URL is set')
		return
	}
	const relays = mailer.relays ?? [{ name: 'relay', mailer }]
	await Promise.all(
		relays.map(({ name, mailer: relay }) =>
			relay.verify().catch((error: unknown) => {
				log.error(
					{ relay: name, err: error },
					'the relay can’t be had: nothing goes out before it can; check SMTP_URL',
				)
			}),
		),
	)
}
