import type { Command } from 'commander'
import type { InstallationAnswer, MissedPageAnswer, ResumedRelays } from '../http/api/index.ts'
import { formatInstant } from '../kernel/format-moment.ts'
import type { CommandContext } from './command-context.ts'
import { ApiRefusal } from './staff-client.ts'
import type { StaffApi } from './with-staff-api.ts'

/** `envoi resume --after-restore` and `envoi resume --relays`. */
export function addResumeCommand(program: Command, { t, run, suggest }: CommandContext): void {
	program
		.command('resume')
		.description(t('resume.summary'))
		.option('--after-restore', t('resume.option.after_restore'))
		.option('--relays', t('resume.option.relays'))
		.option('--json', t('json'))
		.action((options: { afterRestore?: boolean; relays?: boolean; json?: boolean }) =>
			run(options, async (api) => {
				if (options.relays) return resumeRelays(api, t)
				if (!options.afterRestore) throw new ApiRefusal(t('resume.which'), [])
				const json = await api.post<InstallationAnswer>('/resume-after-restore')
				const missed = await api.get<MissedPageAnswer>('/missed-digests')
				const count = missed.items.length
				const toDecide = count > 0 ? ['', t('resume.missed', { count }), suggest('digest missed')] : []
				return { json, text: [t('resume.done'), suggest('digest status'), ...toDecide].join('\n') }
			}),
		)
}

async function resumeRelays(api: StaffApi, t: CommandContext['t']) {
	const json = await api.post<ResumedRelays>('/relays/resume')
	const names = json.resumed.join(', ')
	return { json, text: t('resume.relays', { count: json.resumed.length, names }) }
}

/** Why nothing is sent, as lines to show before anything else; none where sending is not held. */
export async function describeHold(
	api: Pick<StaffApi, 'get'>,
	{ t, suggest, locale }: Pick<CommandContext, 't' | 'suggest' | 'locale'>,
): Promise<string[]> {
	const { held } = await api.get<InstallationAnswer>('/installation')
	if (!held) return []
	const time = formatInstant(new Date(held.since), { locale })
	return [
		t('resume.held', { time, reason: t(`resume.reason.${held.reason}`) }),
		suggest('resume --after-restore'),
	]
}
