import type { Command } from 'commander'
import type { RetentionAnswer } from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'
import { minute } from './print.ts'

type KeptData = RetentionAnswer['items'][number]

/** `envoi retention`: for how long each kind of data is kept, what went last and what is due. */
export function addRetentionCommand(program: Command, context: CommandContext): void {
	const { t, run, table } = context
	program
		.command('retention')
		.description(t('retention.summary'))
		.option('--json', t('json'))
		.action((options: { json?: boolean }) =>
			run(options, async (api) => {
				const json = await api.get<RetentionAnswer>('/retention')
				const rows = json.items.map((kept) => [
					t(`retention.kind.${kept.kind}`),
					t(`retention.ends.${kept.ends}`, { days: kept.days ?? 0 }),
					kept.setting ?? '',
					kept.due === null ? '' : String(kept.due),
					describeLast(kept, t),
				])
				const list = table(['what', 'kept', 'setting', 'due', 'last'], rows)
				return { json, text: `${list}\n\n${t('retention.when')}` }
			}),
		)
}

function describeLast({ applied, days }: KeptData, t: CommandContext['t']): string {
	if (applied) return t('retention.applied', { time: minute(applied.at), removed: applied.removed })
	return days === null ? '' : t('retention.never')
}
