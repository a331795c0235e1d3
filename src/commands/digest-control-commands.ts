import { appendFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import type {
	DeliveryPageAnswer,
	MissedPageAnswer,
	ProgressAnswer,
	ResendAnswer,
	TriggeredAnswer,
} from '../http/api/index.ts'
import { deliveryStates } from '../kernel/enumerations.ts'
import { type CommandContext, type Outcome, UsageError } from './command-context.ts'
import { describeDigest, nameReason } from './describe-digest.ts'
import { minute } from './print.ts'
import { readId } from './read-argument.ts'
import { describeHold } from './resume-command.ts'
import type { StaffApi } from './with-staff-api.ts'
import { writeNewFile } from './write-new-file.ts'

type Options = {
	json?: boolean
	refused?: boolean
	inDoubt?: boolean
	state?: string
	csv?: string
	force?: boolean
}

type MissedOptions = { json?: boolean; send?: string; drop?: string }

const shownDeliveries = 1_000
const exportedAtOnce = 50_000

/** `envoi digest pause|resume|cancel|deliveries|missed|resend`. */
export function addDigestControlCommands(group: Command, context: CommandContext): void {
	const { t, add, run } = context
	for (const action of ['pause', 'resume', 'cancel'] as const) {
		add(group, `${action} <id>`).action((id: string, options: Options) =>
			run(options, async (api) => {
				const json = await api.post<ProgressAnswer>(`/digests/${readId(id, t)}/${action}`)
				const held = action === 'resume' ? await describeHold(api, context) : []
				return { json, text: [...held, describeDigest(json, context)].join('\n') }
			}),
		)
	}

	add(group, 'deliveries <id>')
		.addOption(new Option('--state <state>', t('digest.option.state')).choices(deliveryStates))
		.option('--csv <file>', t('digest.option.csv'))
		.option('--force', t('file.force'))
		.action((id: string, options: Options) =>
			run(options, (api) => listDeliveries(api, readId(id, t), options, context)),
		)

	add(group, 'missed')
		.option('--send <id>', t('digest.option.send_missed'))
		.option('--drop <id>', t('digest.option.drop_missed'))
		.action((options: MissedOptions) => run(options, (api) => decideMissed(api, options, context)))

	add(group, 'resend <id>')
		.option('--refused', t('digest.option.refused'))
		.option('--in-doubt', t('digest.option.in_doubt'))
		.action((id: string, options: Options) =>
			run(options, (api) => resend(api, readId(id, t), options, context)),
		)
}

async function listDeliveries(
	api: StaffApi,
	id: number,
	{ state, csv, force }: Options,
	context: CommandContext,
): Promise<Outcome> {
	const { t } = context
	if (csv !== undefined) {
		const count = await writeExport(api, id, { state, file: csv, force })
		return { json: { file: csv, count }, text: t('digest.exported', { count, file: csv }) }
	}
	const json = await api.get<DeliveryPageAnswer>(`/digests/${id}/deliveries`, {
		state,
		limit: shownDeliveries,
	})
	const rows = json.items.map((item) => [
		item.address,
		t(`digest.delivery.${item.state}`),
		minute(item.changedAt),
		item.state === 'excluded' ? nameReason(item.reply ?? '', t) : (item.reply ?? ''),
	])
	const more = json.next === null ? [] : [t('digest.more_deliveries')]
	return {
		json,
		text: [
			context.table(['address', 'state', 'since', 'reply'], rows) || t('digest.no_deliveries'),
			...more,
		].join('\n'),
	}
}

/** Writes the file page by page, so that neither side holds a large ledger at once. Gives the number of deliveries. */
async function writeExport(
	api: StaffApi,
	id: number,
	{ state, file, force }: { state: string | undefined; file: string; force: boolean | undefined },
): Promise<number> {
	await writeNewFile(file, '', { force, mode: 0o600 })
	let after: number | undefined
	for (let count = 0; ; ) {
		const text = await api.getText(`/digests/${id}/deliveries.csv`, { state, after, limit: exportedAtOnce })
		await appendFile(file, text)
		const ids = [...text.matchAll(/^(\d+),"/gm)].map((match) => Number(match[1]))
		count += ids.length
		if (ids.length < exportedAtOnce) return count
		after = ids.at(-1)
	}
}

async function decideMissed(
	api: StaffApi,
	{ send, drop }: MissedOptions,
	context: CommandContext,
): Promise<Outcome> {
	const { t, suggest, table } = context
	if (send !== undefined && drop !== undefined) throw new UsageError(t('digest.choose_missed'))
	if (send !== undefined) {
		const json = await api.post<TriggeredAnswer>(`/missed-digests/${readId(send, t)}/send`)
		const id = json.digest?.id
		if (id === undefined) return { json, text: t('digest.missed_nothing') }
		const held = await describeHold(api, context)
		if (held.length > 0) return { json, text: [t('digest.created_held', { id }), ...held].join('\n') }
		return { json, text: `${t('digest.created', { id })}\n${suggest(`digest status ${id}`)}` }
	}
	if (drop !== undefined) {
		const id = readId(drop, t)
		const json = await api.post<object>(`/missed-digests/${id}/drop`)
		return { json, text: t('digest.missed_dropped', { id }) }
	}
	const json = await api.get<MissedPageAnswer>('/missed-digests')
	const rows = json.items.map(({ id, newsletter, occurrence }) => [
		String(id),
		newsletter,
		minute(occurrence),
	])
	return { json, text: table(['id', 'newsletter', 'scheduled'], rows) || t('digest.missed_none') }
}

async function resend(
	api: StaffApi,
	id: number,
	{ refused, inDoubt }: Options,
	context: CommandContext,
): Promise<Outcome> {
	const { t } = context
	if (Boolean(refused) === Boolean(inDoubt)) throw new UsageError(t('digest.choose_resend'))
	const state = refused ? 'refused' : 'in_doubt'
	const json = await api.post<ResendAnswer>(`/digests/${id}/resend`, { state })
	const held = await describeHold(api, context)
	return { json, text: [...held, t('digest.resent', json.resent), describeDigest(json, context)].join('\n') }
}
