import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import type { TestAnswer } from '../http/routes/deliveries.ts'
import type {
	DigestAnswer,
	PreviewAnswer,
	ProgressAnswer,
	TriggeredAnswer,
} from '../http/routes/digest-answers.ts'
import type { NewsletterAnswer } from '../http/routes/newsletters.ts'
import { type CommandContext, type Outcome, UsageError } from './command-context.ts'
import { describeDigest, describeRendition, digestRow } from './describe-digest.ts'
import { addDigestControlCommands } from './digest-control-commands.ts'
import { followDigest } from './follow-digest.ts'
import { columns } from './print.ts'
import { readId } from './read-argument.ts'
import { describeHold } from './resume-command.ts'
import { ApiRefusal } from './staff-client.ts'
import type { StaffApi } from './with-staff-api.ts'

type Options = {
	json?: boolean
	subject?: string
	preheader?: string
	story?: string[]
	locale?: string
	html?: string
	text?: boolean
	to?: string[]
	key?: string
	wait?: boolean
	watch?: boolean
}

/** `envoi digest preview|test|send|message|status`, and what controls one that is under way. */
export function addDigestCommands(group: Command, context: CommandContext): void {
	const { t, add, run } = context

	withWish(add(group, 'preview <slug>'), context)
		.option('--locale <locale>', t('digest.option.locale'))
		.option('--html <file>', t('digest.option.html'))
		.option('--text', t('digest.option.text'))
		.action((slug: string, options: Options) => run(options, (api) => preview(api, slug, options, context)))

	withWish(add(group, 'test <slug>'), context)
		.requiredOption('--to <address...>', t('digest.option.to'))
		.option('--locale <locale>', t('digest.option.locale'))
		.action((slug: string, options: Options) => run(options, (api) => test(api, slug, options, context)))

	withWish(add(group, 'send <slug>'), context)
		.option('--key <key>', t('digest.option.key'))
		.option('--wait', t('digest.option.wait'))
		.action((slug: string, options: Options) => run(options, (api) => send(api, slug, options, context)))

	group
		.command('message <id>')
		.description(t('digest.message.summary'))
		.requiredOption('--to <address>', t('digest.option.message_to'))
		.action((id: string, { to }: { to: string }) =>
			run({}, async (api) => ({ exact: await api.postText(`/digests/${readId(id, t)}/message`, { to }) })),
		)

	addDigestControlCommands(group, context)
	add(group, 'status [id]')
		.option('--watch', t('digest.option.watch'))
		.action((id: string | undefined, options: Options) =>
			run(options, (api) => status(api, id, options, context)),
		)
}

function withWish(command: Command, { t }: CommandContext): Command {
	return command
		.option('--subject <text>', t('digest.option.subject'))
		.option('--preheader <text>', t('digest.option.preheader'))
		.option('--story <id...>', t('digest.option.story'))
}

function readWish({ subject, preheader, story }: Options, t: CommandContext['t']) {
	return { subject, preheader, storyIds: story?.map((id) => readId(id, t)) }
}

const pathOf = (slug: string) => `/newsletters/${encodeURIComponent(slug)}`

async function preview(
	api: StaffApi,
	slug: string,
	options: Options,
	context: CommandContext,
): Promise<Outcome> {
	const { t, suggest } = context
	const answer = await api.post<PreviewAnswer>(`${pathOf(slug)}/digests/preview`, readWish(options, t))
	const json = {
		renditions: answer.renditions.filter(
			({ locale }) => options.locale === undefined || locale === options.locale,
		),
	}
	if (json.renditions.length === 0) return { json, text: nothingNew(slug, context) }
	if (options.text) return { json, text: json.renditions.map(({ text }) => text.trim()).join('\n\n') }
	const files = options.html === undefined ? [] : await writeHtml(json.renditions, options.html)
	const next = [t('digest.next_test'), suggest(`digest test ${slug} --to you@example.org`)]
	const texts = json.renditions.map((rendition) => describeRendition(rendition, context))
	return { json, text: [...texts, [...files, ...next].join('\n')].join('\n\n') }
}

/** One file, or one a language: `preview.html` becomes `preview-en.html`. */
async function writeHtml(renditions: PreviewAnswer['renditions'], file: string): Promise<string[]> {
	const files: string[] = []
	for (const { locale, html } of renditions) {
		const name = renditions.length === 1 ? file : file.replace(/(\.[^./]+)?$/, `-${locale}$1`)
		await writeFile(name, html)
		files.push(name)
	}
	return files
}

async function test(
	api: StaffApi,
	slug: string,
	options: Options,
	context: CommandContext,
): Promise<Outcome> {
	const { t, suggest } = context
	refuseLostMail(api, t)
	const json = await api.post<TestAnswer>(`${pathOf(slug)}/digests/test`, {
		...readWish(options, t),
		addresses: options.to,
		locale: options.locale,
	})
	if (!json.results) return { json, text: nothingNew(slug, context) }
	if (json.results.some(({ outcome }) => outcome !== 'accepted')) process.exitCode = 1
	const rows = json.results.map(({ address, locale, outcome, reply }) => [
		address,
		locale,
		t(`digest.outcome.${outcome}`),
		outcome === 'accepted' ? '' : (reply ?? ''),
	])
	const next = [t('digest.next_send'), suggest(`digest send ${slug}`)]
	return { json, text: [columns(rows), ...whereCaptured(t), '', ...next].join('\n') }
}

async function send(
	api: StaffApi,
	slug: string,
	options: Options,
	context: CommandContext,
): Promise<Outcome> {
	const { t, suggest } = context
	refuseLostMail(api, t)
	if (!(await hasReaders(api, slug))) return { json: { kind: 'nobody' }, text: nobody(slug, t) }
	const headers: Record<string, string> = options.key === undefined ? {} : { 'idempotency-key': options.key }
	const answer = await api.post<TriggeredAnswer>(`${pathOf(slug)}/digests`, readWish(options, t), headers)
	if (!answer.digest) return { json: answer, text: nothingNew(slug, context) }
	const { id } = answer.digest
	const first = t(answer.kind === 'existing' ? 'digest.existing' : 'digest.created', { id })
	const held = await describeHold(api, context)
	if (held.length > 0) return { json: answer, text: [t('digest.created_held', { id }), ...held].join('\n') }
	if (!options.wait && !api.workHere) {
		return { json: answer, text: `${first}\n${suggest(`digest status ${id}`)}` }
	}
	api.workHere?.()
	const { progress, waiting } = await followDigest(api, id, context)
	const later = waiting ? [t('digest.later', { due: progress.counts.due })] : []
	return {
		json: progress,
		text: [describeDigest(progress, context), ...later, ...whereCaptured(t)].join('\n'),
	}
}

async function status(
	api: StaffApi,
	given: string | undefined,
	{ watch }: Options,
	context: CommandContext,
): Promise<Outcome> {
	const held = await describeHold(api, context)
	if (given !== undefined) {
		const id = readId(given, context.t)
		const json =
			watch && held.length === 0
				? (await followDigest(api, id, context, { staysOn: true })).progress
				: await api.get<ProgressAnswer>(`/digests/${id}`)
		return { json, text: [...held, describeDigest(json, context)].join('\n') }
	}
	if (watch) throw new UsageError(context.t('digest.watch_which'))
	const rows: string[][] = []
	const items: ProgressAnswer[] = []
	const newsletters = await api.get<{ items: NewsletterAnswer[] }>('/newsletters')
	for (const { slug } of newsletters.items) {
		const latest = await api.get<{ items: DigestAnswer[] }>(`${pathOf(slug)}/digests`, { limit: 5 })
		for (const digest of latest.items) {
			const progress = await api.get<ProgressAnswer>(`/digests/${digest.id}`)
			items.push(progress)
			rows.push([slug, ...digestRow(progress, context)])
		}
	}
	return { json: { items }, text: [...held, columns(rows) || context.t('digest.none')].join('\n') }
}

function nothingNew(slug: string, { t, suggest }: CommandContext): string {
	return `${t('digest.nothing_new')}\n${suggest(`story list ${slug}`)}`
}

/** A digest to nobody would use its stories up: the first readers would never see them. */
async function hasReaders(api: StaffApi, slug: string): Promise<boolean> {
	const counts = await api.get<{ active: number }>(`${pathOf(slug)}/subscriptions/counts`)
	return counts.active > 0
}

function nobody(slug: string, t: CommandContext['t']): string {
	return `${t('digest.nobody', { slug })}\n  ${readConfig().publicUrl}/newsletters/${slug}`
}

/** Mail that is captured in this process would be gone with it, yet count as sent. */
function refuseLostMail(api: StaffApi, t: CommandContext['t']): void {
	if (api.losesMail) throw new ApiRefusal(t('digest.no_relay'), [])
}

function whereCaptured(t: CommandContext['t']): string[] {
	const { smtpUrl, publicUrl } = readConfig()
	return smtpUrl ? [] : [t('digest.captured'), `  ${publicUrl}/dev/mailbox`]
}
