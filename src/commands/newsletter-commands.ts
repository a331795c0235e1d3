import type { Command } from 'commander'
import type { NewsletterAnswer } from '../http/api/index.ts'
import { type CommandContext, UsageError } from './command-context.ts'
import { findAddresses } from './find-addresses.ts'
import {
	addNewsletterOptions,
	mainLocale,
	type NewsletterOptions,
	readSettings,
	readTexts,
} from './newsletter-options.ts'
import { facts, indented } from './print.ts'
import { describeCron, describeSchedule } from './schedule/describe-schedule.ts'
import { ownTimeZone } from './schedule/schedule-options.ts'

/** `envoi newsletter create|change|list|show|form`. */
export function addNewsletterCommands(group: Command, context: CommandContext): void {
	const { t, add, run, locale, table } = context

	addNewsletterOptions(add(group, 'create <slug>'), t).action((slug: string, options: NewsletterOptions) =>
		run(options, async (api) => {
			const main = mainLocale(options, locale)
			const texts = readTexts(options, main)
			const body = { slug, defaultLocale: main, texts, ...withTimeZone(readSettings(options, t), null) }
			const json = await api.post<NewsletterAnswer>('/newsletters', body)
			const { publicUrl } = await findAddresses(api)
			const next = nextSteps(json, publicUrl, context)
			return { json, text: [t('newsletter.created', { slug }), show(json, context), next].join('\n\n') }
		}),
	)

	addNewsletterOptions(add(group, 'change <slug>'), t).action((slug: string, options: NewsletterOptions) =>
		run(options, async (api) => {
			const settings = readSettings(options, t)
			const before = await api.get<NewsletterAnswer>(pathOf(slug))
			const texts = readTexts(options, before.defaultLocale)
			if (Object.keys(settings).length + Object.keys(texts).length === 0) {
				throw new UsageError(t('newsletter.nothing_to_change'))
			}
			if (isPartOfNoSchedule(settings, before)) throw new UsageError(t('newsletter.no_schedule_yet'))
			const changes = { ...withTimeZone(settings, before.schedule), texts }
			const json = await api.patch<NewsletterAnswer>(pathOf(slug), changes)
			return { json, text: `${t('newsletter.changed', { slug })}\n\n${show(json, context)}` }
		}),
	)

	add(group, 'list').action((options: NewsletterOptions) =>
		run(options, async (api) => {
			const json = await api.get<{ items: NewsletterAnswer[] }>('/newsletters')
			if (json.items.length > 0) {
				const rows = json.items.map((each) => toRow(each, context))
				return { json, text: table(['newsletter', 'names', 'from', 'schedule'], rows) }
			}
			const example = 'newsletter create news --name "News" --from news@example.org'
			return { json, text: `${t('newsletter.none')}\n${context.suggest(example)}` }
		}),
	)

	add(group, 'show <slug>').action((slug: string, options: NewsletterOptions) =>
		run(options, async (api) => {
			const json = await api.get<NewsletterAnswer>(pathOf(slug))
			return { json, text: show(json, context) }
		}),
	)

	add(group, 'form <slug>')
		.option('--locale <locale>', t('newsletter.option.form_locale'))
		.option('--style', t('newsletter.option.form_style'))
		.option('--script', t('newsletter.option.form_script'))
		.action((slug: string, options: FormOptions) =>
			run(options, async (api) => {
				const { locale, style, script } = options
				const form = await api.getText(`${pathOf(slug)}/form`, { locale, style, script })
				return options.json ? { json: { form }, text: '' } : { exact: `${form.trim()}\n` }
			}),
		)
}

type FormOptions = { json?: boolean; locale?: string; style?: boolean; script?: boolean }

const pathOf = (slug: string) => `/newsletters/${encodeURIComponent(slug)}`

/** A schedule that is new is in the time zone of this machine where none is given. */
function withTimeZone(settings: Record<string, unknown>, before: object | null): Record<string, unknown> {
	const { schedule } = settings
	return schedule && !before ? { ...settings, schedule: { timeZone: ownTimeZone(), ...schedule } } : settings
}

function isPartOfNoSchedule({ schedule }: Record<string, unknown>, before: NewsletterAnswer): boolean {
	return Boolean(schedule) && !before.schedule && !('cron' in (schedule as object))
}

function toRow(newsletter: NewsletterAnswer, context: CommandContext): string[] {
	const names = Object.entries(newsletter.texts).map(([locale, text]) => `${text?.name} (${locale})`)
	const { schedule } = newsletter
	const when = schedule ? `${describeCron(schedule.cron, context)} (${schedule.timeZone})` : '–'
	return [newsletter.slug, names.join(', '), newsletter.fromAddress, when]
}

function show(newsletter: NewsletterAnswer, context: CommandContext): string {
	const { t, width } = context
	const { texts, ...rest } = newsletter
	const settings = facts(
		[
			[t('newsletter.fact.slug'), rest.slug],
			[t('newsletter.fact.from'), rest.fromAddress],
			[t('newsletter.fact.reply_to'), rest.replyTo],
			[t('newsletter.fact.postal_address'), rest.postalAddress ?? t('newsletter.missing')],
			[t('newsletter.fact.contact'), rest.contact ?? t('newsletter.missing')],
			[t('newsletter.fact.default_locale'), rest.defaultLocale],
			['List-ID', `${rest.slug}.${rest.listIdDomain}`],
			[t('newsletter.fact.colour'), rest.colour],
			[t('newsletter.fact.logo'), rest.logoUrl],
			[t('newsletter.fact.sites'), rest.sites.join(', ') || undefined],
			[
				t('newsletter.fact.stories'),
				t('newsletter.stories', {
					limit: rest.storyLimit,
					days: rest.storyMaxAgeDays,
					order: rest.storyOrder,
				}),
			],
			[
				t('newsletter.fact.signup_asks'),
				rest.signupAsks.map((question) => t(`newsletter.signup_asks.${question}`)).join(', ') || undefined,
			],
			[t('newsletter.fact.welcome'), rest.welcome ? t('newsletter.welcome') : undefined],
			[t('newsletter.fact.needs_approval'), rest.needsApproval ? t('newsletter.needs_approval') : undefined],
			[t('newsletter.fact.archive'), t(`newsletter.archive.${rest.archive}`)],
			[t('newsletter.fact.untranslated'), t(`newsletter.untranslated.${rest.untranslated}`)],
			...scheduleFacts(newsletter, context),
		],
		width,
	)
	const languages = Object.entries(texts).flatMap(([locale, text]) => {
		if (!text) return []
		const pairs = (
			[
				'name',
				'description',
				'fromName',
				'subjectPattern',
				'preheaderPattern',
				'roundUpSubjectPattern',
			] as const
		).map((field): [string, string] => [t(`newsletter.fact.${field}`), text[field]])
		const consent = t('newsletter.fact.consent', { version: text.consentVersion })
		return [
			`${languageName(locale, t)}\n${indented(facts([...pairs, [consent, text.consentWording]], width - 2))}`,
		]
	})
	return [settings, ...languages].join('\n\n')
}

type Facts = Parameters<typeof facts>[0]

/** When it goes out by itself, and how. */
function scheduleFacts({ schedule, roundUp }: NewsletterAnswer, context: CommandContext): Facts {
	const { t } = context
	const now = new Date()
	const inWords = schedule ? describeSchedule(schedule, now, context) : t('newsletter.no_schedule')
	const quiet = schedule?.quietHours && t('newsletter.quiet_hours', schedule.quietHours)
	const sendAt = schedule?.draftFirst?.sendAt
	const draft = sendAt ? t('newsletter.draft_then_sent', { time: sendAt }) : t('newsletter.draft_waits')
	return [
		[t('newsletter.fact.schedule'), inWords],
		[t('newsletter.fact.draft_first'), schedule?.draftFirst && draft],
		[t('newsletter.fact.quiet_hours'), quiet],
		[t('newsletter.fact.misfire'), schedule?.misfireMinutes?.toString()],
		[t('newsletter.fact.round_up'), roundUp && describeSchedule(roundUp, now, context)],
		[t('newsletter.fact.round_up_stories'), roundUp?.storyLimit.toString()],
	]
}

/** What a newcomer does next: fill in what a digest needs, give it a source, open its page. */
function nextSteps(
	{ slug, defaultLocale, postalAddress, contact }: NewsletterAnswer,
	publicUrl: string,
	context: CommandContext,
): string {
	const { t, suggest } = context
	const missing = [...(postalAddress ? [] : ['--postal-address "…"']), ...(contact ? [] : ['--contact "…"'])]
	return [
		...(missing.length > 0
			? [t('newsletter.next.complete'), suggest(`newsletter change ${slug} ${missing.join(' ')}`)]
			: []),
		t('newsletter.next.source'),
		suggest(`source add ${slug} https://example.org/feed.xml --locale ${defaultLocale}`),
		t('newsletter.next.page'),
		`  ${publicUrl}/newsletters/${slug}/${defaultLocale}`,
	].join('\n')
}

const languageName = (locale: string, t: CommandContext['t']) => t(`language.${locale}`)
