import { type Command, Option } from 'commander'
import type { Locale } from '../kernel/messages.ts'
import { newsletterLocales } from '../newsletters/defaults/index.ts'
import type { CommandContext } from './command-context.ts'
import { readNumber } from './read-argument.ts'
import { readRoundUpOptions, readScheduleOptions } from './schedule/schedule-options.ts'

type Setting = {
	flag: string
	value: string
	field: string
	number?: true
	list?: true
	clearable?: true
	yesNo?: true
}

const settings: readonly Setting[] = [
	{ flag: 'from', value: 'address', field: 'fromAddress' },
	{ flag: 'reply-to', value: 'address', field: 'replyTo', clearable: true },
	{ flag: 'postal-address', value: 'text', field: 'postalAddress', clearable: true },
	{ flag: 'contact', value: 'text', field: 'contact', clearable: true },
	{ flag: 'default-locale', value: 'locale', field: 'defaultLocale' },
	{ flag: 'list-id-domain', value: 'domain', field: 'listIdDomain' },
	{ flag: 'colour', value: '#rrggbb', field: 'colour' },
	{ flag: 'logo', value: 'url', field: 'logoUrl', clearable: true },
	{ flag: 'site', value: 'urls', field: 'sites', list: true },
	{ flag: 'stories', value: 'number', field: 'storyLimit', number: true },
	{ flag: 'max-age', value: 'days', field: 'storyMaxAgeDays', number: true },
	{ flag: 'order', value: 'order', field: 'storyOrder' },
	{ flag: 'untranslated', value: 'what', field: 'untranslated' },
	{ flag: 'signup-asks', value: 'what', field: 'signupAsks', list: true },
	{ flag: 'welcome', value: 'yes-or-no', field: 'welcome', yesNo: true },
	{ flag: 'needs-approval', value: 'yes-or-no', field: 'needsApproval', yesNo: true },
	{ flag: 'archive', value: 'mode', field: 'archive' },
]

const texts = [
	{ flag: 'name', field: 'name' },
	{ flag: 'description', field: 'description' },
	{ flag: 'from-name', field: 'fromName' },
	{ flag: 'subject', field: 'subjectPattern' },
	{ flag: 'round-up-subject', field: 'roundUpSubjectPattern' },
	{ flag: 'preheader', field: 'preheaderPattern' },
	{ flag: 'consent', field: 'consentWording' },
	{ flag: 'thank-you', field: 'thankYouUrl' },
] as const

export type NewsletterOptions = Readonly<Record<string, string | boolean | undefined>>

/** Adds an option for each setting of a newsletter, and one for each text and language. */
export function addNewsletterOptions(command: Command, t: CommandContext['t']): Command {
	const describe = (flag: string) =>
		t(`newsletter.option.${flag.replaceAll('-', '_')}`, { pattern: '{name}: {title}' })
	for (const { flag } of texts) {
		command.option(`--${flag} <text>`, describe(flag))
		for (const locale of newsletterLocales) {
			const description = t('newsletter.option.name_in', { locale })
			command.addOption(new Option(`--${flag}-${locale} <text>`, description).hideHelp(flag !== 'name'))
		}
	}
	for (const { flag, value } of settings) command.option(`--${flag} <${value}>`, describe(flag))
	return command
		.option('--schedule <when>', describe('schedule'))
		.option('--time-zone <zone>', describe('time-zone'))
		.option('--quiet-hours <from-to>', describe('quiet-hours'))
		.option('--misfire-minutes <number>', describe('misfire-minutes'))
		.option('--draft-first <when>', describe('draft-first'))
		.option('--round-up <when>', describe('round-up'))
		.option('--round-up-time-zone <zone>', describe('round-up-time-zone'))
		.option('--round-up-stories <number>', describe('round-up-stories'))
		.addHelpText(
			'after',
			`\n${t('newsletter.option.each_language', { locales: newsletterLocales.join(', ') })}`,
		)
}

/** The settings that were given, as the API takes them. An empty text takes away what may be missing. */
export function readSettings(options: NewsletterOptions, t: CommandContext['t']): Record<string, unknown> {
	const given: Record<string, unknown> = {}
	for (const { flag, field, number, list, clearable, yesNo } of settings) {
		const value = options[camelCase(flag)]
		if (typeof value !== 'string') continue
		if (yesNo) given[field] = readYesNo(value)
		else if (list) given[field] = value.split(/[\s,]+/).filter(Boolean)
		else
			given[field] =
				clearable && value === '' ? null : number ? readNumber(value, `--${flag}`, t) : withLineBreaks(value)
	}
	const schedule = readScheduleOptions(options, t)
	const roundUp = readRoundUpOptions(options, t)
	return {
		...given,
		...(schedule !== undefined && { schedule }),
		...(roundUp !== undefined && { roundUp }),
	}
}

/** What is neither yes nor no is told as the API tells it. */
function readYesNo(value: string): boolean | string {
	if (/^(?:yes|oui|true)$/i.test(value)) return true
	return /^(?:no|non|false)$/i.test(value) ? false : value
}

/** The texts that were given, by language; those without a language are in `main`. */
export function readTexts(
	options: NewsletterOptions,
	main: Locale,
): Record<string, Record<string, string | null>> {
	const given: Record<string, Record<string, string | null>> = {}
	for (const { flag, field } of texts) {
		for (const locale of newsletterLocales) {
			const plain = locale === main ? options[camelCase(flag)] : undefined
			const value = options[camelCase(`${flag}-${locale}`)] ?? plain
			if (typeof value !== 'string') continue
			const text = field === 'thankYouUrl' && value === '' ? null : withLineBreaks(value)
			given[locale] = { ...given[locale], [field]: text }
		}
	}
	return given
}

/** The language of `--name`: the given one, else the terminal's, else one that `--name-LOCALE` doesn't name. */
export function mainLocale(options: NewsletterOptions, terminal: Locale): Locale {
	if (typeof options.defaultLocale === 'string') return options.defaultLocale
	const candidates = [terminal, ...newsletterLocales]
	if (options.name === undefined) return candidates.find((locale) => isNamed(options, locale)) ?? terminal
	return candidates.find((locale) => !isNamed(options, locale)) ?? terminal
}

/** The option that a setting was given by: `fromAddress` is `--from`, `texts.fr.name` is `--name-fr`. */
export function optionOfSetting(field: string): string | undefined {
	const [, locale, name] = /^texts\.(\w+)\.(\w+)$/.exec(field) ?? []
	const text = texts.find((each) => each.field === name)
	if (text) return `--${text.flag}-${locale}`
	if (field === 'schedule.timeZone') return '--time-zone'
	if (field.startsWith('schedule.quietHours')) return '--quiet-hours'
	if (field === 'schedule.misfireMinutes') return '--misfire-minutes'
	if (field.startsWith('schedule.draftFirst')) return '--draft-first'
	if (field.startsWith('schedule')) return '--schedule'
	if (field === 'roundUp.timeZone') return '--round-up-time-zone'
	if (field === 'roundUp.storyLimit') return '--round-up-stories'
	if (field.startsWith('roundUp')) return '--round-up'
	const setting = settings.find((each) => each.field === field.replace(/\.\d+$/, ''))
	return setting && `--${setting.flag}`
}

const isNamed = (options: NewsletterOptions, locale: Locale) =>
	options[camelCase(`name-${locale}`)] !== undefined

/** `\n` as typed in a shell stands for a line break. */
const withLineBreaks = (text: string) => text.replaceAll('\\n', '\n')

const camelCase = (flag: string) => flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
