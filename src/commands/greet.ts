import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import type { CommandContext } from './command-context.ts'

/** What a person who has just started Envoi wants to know: where the form, the mail and the documentation are, and how to stop. */
export function greeting(config: Config, t: CommandContext['t'], ownerLink: string | undefined): string {
	const url = config.publicUrl
	const hosts = (config.smtpUrl ?? '').split(/\s+/).flatMap((relay) => URL.parse(relay)?.host ?? [])
	const place = config.databaseUrl ? 'PostgreSQL' : resolve(config.dataDir)
	return [
		ownerLink
			? t('serve.at_terminal.first_owner', { link: ownerLink })
			: t('serve.at_terminal.console', { url }),
		t('serve.at_terminal.form', { url }),
		hosts.length > 0
			? t('serve.at_terminal.relay', { hosts: hosts.join(', ') })
			: t('serve.at_terminal.mailbox', { url }),
		t('serve.at_terminal.docs', { url }),
		t('serve.at_terminal.stop', { place }),
	].join('\n')
}
