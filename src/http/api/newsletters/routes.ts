import { z } from 'zod'
import { changeScheduledNewsletter, createScheduledNewsletter } from '../../../digests/index.ts'
import {
	archiveModes,
	signupQuestions,
	storyOrders,
	untranslatedRules,
} from '../../../kernel/enumerations.ts'
import {
	getNewsletter,
	listNewsletters,
	type Newsletter,
	newsletterChanges,
	newsletterInput,
	newsletterLocales,
	textIn,
} from '../../../newsletters/index.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeNewsletter } from '../../visitors/describe-newsletter.ts'
import { describeQuestions } from '../../visitors/describe-questions.ts'
import { embeddedFiles } from '../../visitors/embedded-files.ts'
import { describeErrors, instant, slugParams, whether } from '../staff-answers.ts'

export type NewslettersDeps = Parameters<typeof createScheduledNewsletter>[0]

const shared = { tag: 'Newsletters' } as const

/** Newsletters: what one subscribes to, created and changed by staff. */
export function newsletterRoutes(deps: NewslettersDeps): Route[] {
	return [listAll(deps), create(deps), showOne(deps), change(deps), showForm(deps)]
}

function listAll(deps: NewslettersDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.read' },
		method: 'get',
		path: '/api/v1/newsletters',
		summary: 'All newsletters',
		responses: {
			200: { description: 'By slug', schema: z.object({ items: z.array(newsletterAnswer) }) },
			...describeErrors(401),
		},
		handle: async () => ({ json: { items: (await listNewsletters(deps)).map(toAnswer) } }),
	})
}

function create(deps: NewslettersDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.change' },
		method: 'post',
		path: '/api/v1/newsletters',
		summary: 'Create a newsletter',
		description: 'A name in one language is enough; the other texts are then the language’s own defaults.',
		body: newsletterInput,
		responses: {
			201: { description: 'Created', schema: newsletterAnswer },
			...describeErrors(400, 401, 409, 422),
		},
		handle: async ({ body, request }) => {
			const made = await createScheduledNewsletter(deps, body, request.actor)
			const headers = { Location: `/api/v1/newsletters/${made.slug}` }
			return { status: 201, headers, json: toAnswer(made) }
		},
	})
}

function showOne(deps: NewslettersDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.read' },
		method: 'get',
		path: '/api/v1/newsletters/{slug}',
		summary: 'One newsletter',
		params: slugParams,
		responses: {
			200: { description: 'The newsletter', schema: newsletterAnswer },
			...describeErrors(401, 404),
		},
		handle: async ({ params }) => ({ json: toAnswer(await getNewsletter(deps, params)) }),
	})
}

function change(deps: NewslettersDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.change' },
		method: 'patch',
		path: '/api/v1/newsletters/{slug}',
		summary: 'Change a newsletter',
		description: 'What is not given stays as it is. A changed consent wording gets a new version.',
		params: slugParams,
		body: newsletterChanges,
		responses: {
			200: { description: 'The newsletter as it is now', schema: newsletterAnswer },
			...describeErrors(400, 401, 404, 422),
		},
		handle: async ({ params, body, request }) => {
			return { json: toAnswer(await changeScheduledNewsletter(deps, params.slug, body, request.actor)) }
		},
	})
}

function showForm(deps: NewslettersDeps): Route {
	return defineRoute({
		...shared,
		access: { permission: 'newsletters.read' },
		method: 'get',
		path: '/api/v1/newsletters/{slug}/form',
		summary: 'The form to paste into a page of one’s own',
		description: 'It asks for topics and language too, where the newsletter’s `signupAsks` says so.',
		params: slugParams,
		query: z.strictObject({
			locale: z
				.enum(newsletterLocales as [string, ...string[]])
				.optional()
				.meta({
					description: 'The newsletter’s default language where none is given, or where it lacks it.',
				}),
			style: whether
				.default(false)
				.meta({ description: 'Whether the line with Envoi’s style stands before it.' }),
			script: whether
				.default(false)
				.meta({ description: 'Whether the line with the script stands behind it.' }),
		}),
		responses: {
			200: { description: 'The HTML of the form', contentType: 'text/html' },
			...describeErrors(401, 404, 422),
		},
		handle: async ({ params, query: { locale: wanted, style, script } }) => {
			const newsletter = await getNewsletter(deps, params)
			const { locale } = textIn(newsletter, wanted ?? newsletter.defaultLocale)
			const asks = await describeQuestions(deps, newsletter, locale)
			const lines = { embedded: embeddedFiles, with: { style, script } }
			const data = { site: describeNewsletter(newsletter, locale), asks, ...lines }
			return { page: 'server/parts/form-code', locale, data }
		},
	})
}

const textAnswer = z.object({
	name: z.string(),
	description: z.string(),
	fromName: z.string(),
	subjectPattern: z.string(),
	preheaderPattern: z.string(),
	roundUpSubjectPattern: z.string(),
	consentWording: z.string(),
	consentVersion: z.int(),
	thankYouUrl: z.string().nullable(),
})

const newsletterAnswer = z
	.object({
		slug: z.string(),
		defaultLocale: z.string(),
		texts: z.object(Object.fromEntries(newsletterLocales.map((locale) => [locale, textAnswer.optional()]))),
		fromAddress: z.string(),
		replyTo: z.string().nullable(),
		postalAddress: z.string().nullable(),
		contact: z.string().nullable(),
		listIdDomain: z.string(),
		colour: z.string(),
		logoUrl: z.string().nullable(),
		sites: z.array(z.string()),
		storyLimit: z.int(),
		storyMaxAgeDays: z.int(),
		storyOrder: z.enum(storyOrders),
		untranslated: z.enum(untranslatedRules),
		welcome: z.boolean(),
		needsApproval: z.boolean(),
		archive: z.enum(archiveModes),
		signupAsks: z.array(z.enum(signupQuestions)),
		schedule: z
			.object({
				cron: z.string(),
				timeZone: z.string(),
				quietHours: z.object({ from: z.string(), to: z.string() }).optional(),
				misfireMinutes: z.int().optional(),
				draftFirst: z.object({ sendAt: z.string().nullable() }).optional(),
			})
			.nullable(),
		roundUp: z.object({ cron: z.string(), timeZone: z.string(), storyLimit: z.int() }).nullable(),
		createdAt: instant,
		updatedAt: instant,
	})
	.meta({ id: 'Newsletter' })

/** A newsletter as JSON: its times are texts. */
export type NewsletterAnswer = z.infer<typeof newsletterAnswer>

function toAnswer({ id: _, logo: __, texts, sites, signupAsks, ...newsletter }: Newsletter) {
	return {
		...newsletter,
		sites: [...sites],
		signupAsks: [...signupAsks],
		texts: Object.fromEntries(texts.map(({ locale, ...text }) => [locale, text])),
	}
}
