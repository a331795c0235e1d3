import { z } from 'zod'
import { isCronPattern } from '../kernel/cron.ts'
import { formatAddress, parseEmailAddress } from '../kernel/email-address.ts'
import { archiveModes, signupQuestions, storyOrders, untranslatedRules } from '../kernel/enumerations.ts'
import { hasMixedScript } from '../kernel/has-mixed-script.ts'
import { lineInput, linesInput } from '../kernel/text-input.ts'
import { newsletterLocales } from './defaults/index.ts'
import { slugPattern } from './newsletter.ts'
import { notInFromNames } from './not-in-from-names.ts'
import { isPattern, patternNames } from './patterns.ts'
import { siteInput } from './site-input.ts'

const mailAddress = z
	.string()
	.max(1_000)
	.transform((typed, context) => {
		const parsed = parseEmailAddress(typed)
		if (parsed.ok && !hasMixedScript(parsed.address.domain)) return formatAddress(parsed.address)
		const message = parsed.ok ? 'errors.newsletter.mixed_script' : `errors.address.${parsed.problem}`
		context.addIssue({ code: 'custom', message })
		return z.NEVER
	})

const domain = z
	.string()
	.max(200)
	.transform((typed, context) => {
		const parsed = parseEmailAddress(`list@${typed.trim()}`)
		if (parsed.ok && !hasMixedScript(parsed.address.domain)) return parsed.address.domain
		const message = parsed.ok ? 'errors.newsletter.mixed_script' : 'errors.newsletter.list_id_domain'
		context.addIssue({ code: 'custom', message })
		return z.NEVER
	})

/** A subject or preheader, as staff give one: an ICU message that may name `PatternValues`. */
export const patternInput = lineInput(300).refine(isPattern, {
	error: 'errors.newsletter.pattern',
	params: { names: patternNames },
})

const fromName = lineInput(100).refine(
	(text) => text.search(notInFromNames) < 0,
	'errors.newsletter.from_name',
)

const mayName =
	'It may name {name}, {title} and {summary} (of the first story), {others} (titles), {count}, {date}.'

const text = z.strictObject({
	name: lineInput(100).meta({ description: 'What the newsletter is called.', example: 'News' }),
	description: linesInput(1_000)
		.optional()
		.meta({ description: 'One or two sentences for its page and form.' }),
	fromName: fromName
		.optional()
		.meta({ description: 'The name beside the From address; the newsletter’s where none is given.' }),
	subjectPattern: patternInput.optional().meta({
		description: `The subject of its digests, as an ICU message. ${mayName}`,
		example: '{name}: {title}',
	}),
	roundUpSubjectPattern: patternInput.optional().meta({
		description: `The subject of its round-ups. ${mayName}`,
	}),
	preheaderPattern: patternInput.optional().meta({
		description: `The short line that inboxes show beside the subject. ${mayName}`,
	}),
	consentWording: linesInput(2_000).optional().meta({
		description:
			'What a person agrees to by subscribing. Each change raises its version; receipts keep both.',
	}),
	thankYouUrl: siteInput(2_000).nullable().optional().meta({
		description:
			'A page on one of its sites that a pasted form leads to, once somebody has signed up; null: Envoi’s own page.',
		example: 'https://example.org/thank-you',
	}),
})

export type NewsletterTextInput = z.output<typeof text>

function textsOf<Schema extends z.ZodType>(schema: Schema) {
	return z
		.looseObject(Object.fromEntries(newsletterLocales.map((locale) => [locale, schema.optional()])))
		.superRefine((texts, context) => {
			for (const locale of Object.keys(texts).filter((key) => !newsletterLocales.includes(key))) {
				const params = { locales: newsletterLocales.join(', ') }
				context.addIssue({
					code: 'custom',
					path: [locale],
					message: 'errors.newsletter.locale_unknown',
					params,
				})
			}
		})
		.transform((texts) => texts as { [locale: string]: z.output<Schema> | undefined })
		.meta({ description: 'A text for each language.', additionalProperties: false })
}

const timeOfDay = z
	.string()
	.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'errors.newsletter.time_of_day')
	.meta({ example: '22:00' })

const quietHours = z
	.strictObject({ from: timeOfDay, to: timeOfDay })
	.refine(({ from, to }) => from !== to, 'errors.newsletter.quiet_hours')
const misfireMinutes = z.int().min(1).max(10_080)

const scheduleFields = {
	cron: lineInput(100)
		.refine(isCronPattern, 'errors.newsletter.cron')
		.meta({ description: 'Minute, hour, day of month, month, day of week.', example: '0 9 * * 1' }),
	timeZone: lineInput(100)
		.refine(isTimeZone, 'errors.newsletter.time_zone')
		.meta({ description: 'An IANA time zone.', example: 'America/Toronto' }),
}
const quietHoursDescription = 'In its time zone; over midnight too. What comes up then is sent when they end.'
const draftFirst = z.strictObject({
	sendAt: timeOfDay.nullable().meta({
		description:
			'The time of day in its zone at which the draft goes out unless somebody holds it; null: it waits for somebody to send it.',
		example: '09:00',
	}),
})
const draftDescription =
	'At the times of the schedule a draft is made, for staff to look at, in place of a digest that goes out at once.'
const misfireDescription =
	'What is found later than this, as after a standstill, waits for staff to send or drop it; 720 where nothing is said.'

const schedule = z
	.strictObject({
		...scheduleFields,
		quietHours: quietHours.optional().meta({ description: quietHoursDescription }),
		misfireMinutes: misfireMinutes.optional().meta({ description: misfireDescription }),
		draftFirst: draftFirst.optional().meta({ description: draftDescription }),
	})
	.meta({ description: 'When digests are sent by themselves; none are where nothing is new.' })

const scheduleChanges = z
	.strictObject({
		...scheduleFields,
		quietHours: quietHours.nullable().meta({ description: `${quietHoursDescription} null ends them.` }),
		misfireMinutes: misfireMinutes
			.nullable()
			.meta({ description: `${misfireDescription} null goes back to that.` }),
		draftFirst: draftFirst
			.nullable()
			.meta({ description: `${draftDescription} null has it go out at once.` }),
	})
	.partial()
	.meta({
		description:
			'When digests are sent by themselves. What is not given of it stays as it is; null ends the schedule.',
	})

const roundUp = z
	.strictObject({
		...scheduleFields,
		storyLimit: z.int().min(1).max(100).meta({ description: 'How many stories it has at most; 12.' }),
	})
	.partial()
	.meta({
		description:
			'When a round-up of what came since the last one is sent to readers who want it in place of each digest, in the time zone of the schedule where none is given. What is not given of it stays as it is; null ends it.',
	})

function isTimeZone(name: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: name })
		return !/^[+-]/.test(name)
	} catch {
		return false
	}
}

const settings = {
	defaultLocale: z.enum(newsletterLocales as [string, ...string[]]).meta({
		description:
			'For readers whose language the newsletter lacks; the first of the texts where none is given.',
	}),
	fromAddress: mailAddress.meta({ description: 'Where its mail comes from.', example: 'news@example.org' }),
	replyTo: mailAddress
		.nullable()
		.meta({ description: 'Where answers go; to the From address where none is given.' }),
	postalAddress: linesInput(500)
		.nullable()
		.meta({ description: 'Stands in each digest, as CASL and CAN-SPAM want it: without it none is sent.' }),
	contact: lineInput(200).nullable().meta({
		description: 'A mail address, phone number or page; stands in each digest: without it none is sent.',
	}),
	listIdDomain: domain.meta({
		description:
			'The domain of its List-ID; that of the From address where none is given. Best never changed.',
	}),
	colour: z
		.string()
		.regex(/^#[0-9a-fA-F]{6}$/, 'errors.newsletter.colour')
		.toLowerCase()
		.meta({ description: 'The colour of headings and buttons.', example: '#0b5cad' }),
	logoUrl: z
		.url({ protocol: /^https$/, error: 'errors.newsletter.logo_url' })
		.max(2_000)
		.nullable()
		.meta({ description: 'A picture on top of each digest.' }),
	sites: z
		.array(siteInput(300))
		.max(10)
		.meta({
			description:
				'The sites of the organisation, its own first: where its pages lead to, and the only ones that a pasted form may lead back to.',
			example: ['https://example.org'],
		}),
	storyLimit: z.int().min(1).max(100).meta({ description: 'How many stories a digest has at most.' }),
	storyMaxAgeDays: z.int().min(1).max(3_650).meta({ description: 'Older stories are left out.' }),
	storyOrder: z.enum(storyOrders).meta({ description: 'The order within a digest.' }),
	untranslated: z.enum(untranslatedRules).meta({
		description: 'Whether readers are shown stories that are not in their language.',
	}),
	signupAsks: z
		.array(z.enum(signupQuestions))
		.max(signupQuestions.length)
		.meta({
			description:
				'What its form asks for beside the address; nothing, where nothing is said. With `given_name`, its digests greet readers by it.',
			example: ['topics', 'given_name'],
		}),
	welcome: z.boolean().meta({
		description:
			'Whether who has confirmed is sent a welcome: when the next digest comes, the choices, the latest stories.',
	}),
	needsApproval: z.boolean().meta({
		description:
			'Whether a draft that a member wrote must be approved by another before it is sent. API keys and the command line are outside of it.',
	}),
	archive: z.enum(archiveModes).meta({
		description:
			'Whether past digests can be read on its page: not at all, without search engines being let in, or `public`, as where nothing is said for a new one.',
	}),
	schedule: schedule.nullable(),
	roundUp: roundUp.nullable(),
}

/** What a newsletter is created from. */
export const newsletterInput = z
	.strictObject({
		slug: z.string().max(50).regex(slugPattern, 'errors.newsletter.slug').meta({
			description: 'Its name in addresses and in its List-ID. Can’t be changed later.',
			example: 'news',
		}),
		texts: textsOf(text).refine((texts) => Object.values(texts).some(Boolean), 'errors.newsletter.no_text'),
		...z.object(settings).partial({
			defaultLocale: true,
			replyTo: true,
			postalAddress: true,
			contact: true,
			listIdDomain: true,
			colour: true,
			logoUrl: true,
			sites: true,
			storyLimit: true,
			storyMaxAgeDays: true,
			storyOrder: true,
			untranslated: true,
			signupAsks: true,
			welcome: true,
			needsApproval: true,
			archive: true,
			schedule: true,
			roundUp: true,
		}).shape,
	})
	.meta({ id: 'NewsletterInput' })

/** What may change of one: whatever is not given stays as it is. */
export const newsletterChanges = z
	.strictObject({
		texts: textsOf(text.partial()).optional(),
		...z.object(settings).partial().shape,
		schedule: scheduleChanges.nullable().optional(),
	})
	.meta({ id: 'NewsletterChanges' })

export type NewsletterInput = z.output<typeof newsletterInput>
export type NewsletterChanges = z.output<typeof newsletterChanges>
