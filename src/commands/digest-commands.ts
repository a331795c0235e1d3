import type { Command } from 'commander'
import type {
	DigestAnswer,
	NewsletterAnswer,
	PreviewAnswer,
	ProgressAnswer,
	TestAnswer,
	TriggeredAnswer,
} from '../http/api/index.ts'
import { type CommandContext, type Outcome, UsageError } from './command-context.ts'
import { confirmSending } from './confirm-sending.ts'
import { describeAudience, describeDigest, describeRendition, digestRow } from './describe-digest.ts'
import { describeLeftOut } from './describe-left-out.ts'
import { addDigestControlCommands } from './digest-control-commands.ts'
import { findAddresses } from './find-addresses.ts'
import { followDigest } from './follow-digest.ts'
import { readId, readNumber } from './read-argument.ts'
import { describeHold } from './resume-command.ts'
import { ApiRefusal } from './staff-client.ts'
import type { StaffApi } from './with-staff-api.ts'
import { writeHtml } from './write-html.ts'

type Options = {
	json?: boolean
	subject?: string
	preheader?: string
	story?: string[]
	roundUp?: boolean
	locale?: string
	html?: string
	force?: boolean
	limit?: string
	text?: boolean
	to?: string[]
	key?: string
	wait?: boolean
	yes?: boolean
	watch?: boolean
}

/** `envoi digest preview|test|send|message|list|status`, and what controls one that is under way. */
export function addDigestCommands(group: Command, context: CommandContext): void {
	const { t, add, run } = context

	withWish(add(group, 'preview <slug>'), context)
		.option('--locale <locale>', t('digest.option.locale'))
		.option('--html <file>', t('digest.option.html'))
		.option('--force', t('file.force'))
		.option('--text', t('digest.option.text'))
		.action((slug: string, options: Options) => run(options, (api) => preview(api, slug, options, context)))

	withWish(add(group, 'test <slug>'), context)
		.requiredOption('--to <address...>', t('digest.option.to'))
		.option('--locale <locale>', t('digest.option.locale'))
		.action((slug: string, options: Options) => run(options, (api) => test(api, slug, options, context)))

	withWish(add(group, 'send <slug>'), context)
		.option('--key <key>', t('digest.option.key'))
		.option('--wait', t('digest.option.wait'))
		.option('--yes', t('digest.option.yes'))
		.action((slug: string, options: Options) => run(options, (api) => send(api, slug, options, context)))

	group
		.command('message <id>')
		.description(t('digest.message.summary'))
		.requiredOption('--to <address>', t('digest.option.message_to'))
		.action((id: string, { to }: { to: string }) =>
			run({}, async (api) => ({ exact: await api.postText(`/digests/${readId(id, t)}/message`, { to }) })),
		)

	addDigestControlCommands(group, context)
	add(group, 'list [slug]')
		.option('--limit <number>', t('digest.option.limit'), '20')
		.action((slug: string | undefined, options: Options) =>
			run(options, (api) => list(api, slug, options, context)),
		)

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
		.option('--round-up', t('digest.option.round_up'))
}

function readWish({ subject, preheader, story, roundUp }: Options, t: CommandContext['t']) {
	const kind = roundUp ? ('round_up' as const) : undefined
	return { kind, subject, preheader, storyIds: story?.map((id) => readId(id, t)) }
}

const pathOf = (slug: string) => `/newsletters/${encodeURIComponent(slug)}`

async function preview(
	api: StaffApi,
	slug: string,
	options: Options,
	context: CommandContext,
): Promise<Outcome> {
	const { t } = context
	const answer = await api.post<PreviewAnswer>(`${pathOf(slug)}/digests/preview`, readWish(options, t))
	const isWanted = (each: { locale: string }) =>
		options.locale === undefined || each.locale === options.locale
	const json = {
		...answer,
		renditions: answer.renditions.filter(isWanted),
		leftOut: answer.leftOut?.filter(isWanted),
	}
	const leftOut = describeLeftOut(json.leftOut, context, { all: options.story !== undefined })
	const audience = describeAudience(answer.audience, context)
	if (json.renditions.length === 0 && answer.audience.variants.length === 0) {
		return { json, text: nothingNew(slug, context, leftOut) }
	}
	if (options.text && !options.json) {
		return { exact: `${json.renditions.map(({ text }) => text.trim()).join('\n\n')}\n` }
	}
	const files =
		options.html === undefined ? [] : await writeHtml(json.renditions, options.html, options.force)
	const written = files.map((file) => t('file.written', { file }))
	const texts = json.renditions.map((rendition) => describeRendition(rendition, context))
	const next = nextAfterPreview(slug, json.missing ?? [], context)
	return { json, text: [...texts, audience, leftOut, written.join('\n'), next].filter(Boolean).join('\n\n') }
}

function nextAfterPreview(
	slug: string,
	missing: NonNullable<PreviewAnswer['missing']>,
	{ t, suggest }: CommandContext,
): string {
	const test = [t('digest.next_test'), suggest(`digest test ${slug} --to you@example.org`)]
	const options = missing.map((field) => (field === 'contact' ? '--contact "…"' : '--postal-address "…"'))
	const complete = [t('digest.next_complete'), suggest(`newsletter change ${slug} ${options.join(' ')}`)]
	return [...(missing.length > 0 ? complete : []), ...test].join('\n')
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
	const failed = json.results.some(({ outcome }) => outcome !== 'accepted')
	if (failed) process.exitCode = 1
	const rows = json.results.map(({ address, locale, outcome, reply }) => [
		address,
		locale,
		t(`digest.outcome.${outcome}`),
		outcome === 'accepted' ? '' : (reply ?? ''),
	])
	// what could not be sent to oneself is not yet for all
	const next = failed ? [t('digest.test_failed')] : [t('digest.next_send'), suggest(`digest send ${slug}`)]
	const results = context.table(['address', 'language', 'outcome', 'reply'], rows)
	return { json, text: [results, ...(await whereCaptured(api, t)), '', ...next].join('\n') }
}

async function send(
	api: StaffApi,
	slug: string,
	options: Options,
	context: CommandContext,
): Promise<Outcome> {
	const { t, suggest } = context
	refuseLostMail(api, t)
	if (!(await hasReaders(api, slug))) return { json: { kind: 'nobody' }, text: await nobody(api, slug, t) }
	const preview = () => api.post<PreviewAnswer>(`${pathOf(slug)}/digests/preview`, readWish(options, t))
	if (!options.yes && !options.json && !(await confirmSending(preview, context))) {
		return { json: { kind: 'not_sent' }, text: t('digest.not_sent') }
	}
	const headers: Record<string, string> = options.key === undefined ? {} : { 'idempotency-key': options.key }
	const answer = await api.post<TriggeredAnswer>(`${pathOf(slug)}/digests`, readWish(options, t), headers)
	const all = { all: options.story !== undefined }
	if (!answer.digest) {
		const { leftOut } = await preview()
		return { json: answer, text: nothingNew(slug, context, describeLeftOut(leftOut, context, all)) }
	}
	const leftOut = describeLeftOut(answer.leftOut, context, all)
	const { id } = answer.digest
	const aside = leftOut === '' ? [] : [leftOut, '']
	const first = t(answer.kind === 'existing' ? 'digest.existing' : 'digest.created', { id })
	const held = await describeHold(api, context)
	if (held.length > 0) {
		return { json: answer, text: [...aside, t('digest.created_held', { id }), ...held].join('\n') }
	}
	if (!options.wait && !api.workHere) {
		return { json: answer, text: [...aside, first, suggest(`digest status ${id}`)].join('\n') }
	}
	api.workHere?.()
	const { progress, waiting } = await followDigest(api, id, context)
	const later = waiting ? [t('digest.later', { due: progress.counts.due })] : []
	return {
		json: progress,
		text: [...aside, describeDigest(progress, context), ...later, ...(await whereCaptured(api, t))].join(
			'\n',
		),
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
	return listAll(api, { slugs: undefined, limit: 5, first: held }, context)
}

async function list(
	api: StaffApi,
	slug: string | undefined,
	options: Options,
	context: CommandContext,
): Promise<Outcome> {
	const limit = readNumber(options.limit, '--limit', context.t) ?? 20
	return listAll(api, { slugs: slug === undefined ? undefined : [slug], limit, first: [] }, context)
}

/** The latest digests of the given newsletters, or of each there is. */
async function listAll(
	api: StaffApi,
	{ slugs, limit, first }: { slugs: readonly string[] | undefined; limit: number; first: readonly string[] },
	context: CommandContext,
): Promise<Outcome> {
	const rows: string[][] = []
	const items: ProgressAnswer[] = []
	for (const slug of slugs ?? (await slugsOf(api))) {
		const latest = await api.get<{ items: DigestAnswer[] }>(`${pathOf(slug)}/digests`, { limit })
		for (const digest of latest.items) {
			const progress = await api.get<ProgressAnswer>(`/digests/${digest.id}`)
			items.push(progress)
			rows.push(digestRow(slug, progress, context))
		}
	}
	const shown = context.table(['id', 'newsletter', 'made', 'state', 'accepted', 'subject'], rows)
	return { json: { items }, text: [...first, shown || context.t('digest.none')].join('\n') }
}

async function slugsOf(api: StaffApi): Promise<string[]> {
	const { items } = await api.get<{ items: NewsletterAnswer[] }>('/newsletters')
	return items.map(({ slug }) => slug)
}

function nothingNew(slug: string, { t, suggest }: CommandContext, leftOut = ''): string {
	const first = leftOut === '' ? [] : [leftOut, '']
	return [...first, t('digest.nothing_new'), suggest(`story list ${slug}`)].join('\n')
}

/** A digest to nobody would use its stories up: the first readers would never see them. */
async function hasReaders(api: StaffApi, slug: string): Promise<boolean> {
	const counts = await api.get<{ active: number }>(`${pathOf(slug)}/subscriptions/counts`)
	return counts.active > 0
}

async function nobody(api: StaffApi, slug: string, t: CommandContext['t']): Promise<string> {
	const { publicUrl } = await findAddresses(api)
	return `${t('digest.nobody', { slug })}\n  ${publicUrl}/newsletters/${slug}`
}

/** Mail that is captured in this process would be gone with it, yet count as sent. */
function refuseLostMail(api: StaffApi, t: CommandContext['t']): void {
	if (api.losesMail) throw new ApiRefusal(t('digest.no_relay'), [])
}

async function whereCaptured(api: StaffApi, t: CommandContext['t']): Promise<string[]> {
	const { mailbox } = await findAddresses(api)
	return mailbox ? [t('digest.captured'), `  ${mailbox}`] : []
}
