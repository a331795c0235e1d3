import { z } from 'zod'
import { changeScheduledNewsletter, createScheduledNewsletter } from '../../../digests/index.ts'
import { AppError } from '../../../kernel/app-error.ts'
import {
	listNewsletters,
	type Newsletter,
	newsletterChanges,
	newsletterInput,
	newsletterLocales,
} from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { describeGoing } from '../describe-schedule.ts'
import { describeSetup, type SetupDeps } from '../home/describe-setup.ts'
import { form, responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { spokenIn } from '../spoken-in.ts'
import { fieldsOf, type NewsletterFields, renameFields, toInput } from './newsletter-fields.ts'
import { readSchedule, type ScheduleFields, scheduleFieldsOf } from './schedule-fields.ts'
import { toSlug } from './to-slug.ts'

export type SettingsDeps = FrameDeps & SetupDeps & Parameters<typeof createScheduledNewsletter>[0]

const shared = { tag: consoleTag, access: { console: 'newsletters.change' } } as const
const base = '/console/newsletters/{slug}/settings'
const fields = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

/** A newsletter made and changed: what it is called and who sends it, and when it goes out. */
export function settingsRoutes(deps: SettingsDeps): Route[] {
	return [...newRoutes(deps), ...textsRoutes(deps), ...scheduleRoutes(deps)]
}

function newRoutes(deps: SettingsDeps): Route[] {
	const path = '/console/newsletter'
	const show = async (
		request: RequestContext,
		typed: NewsletterFields,
		error?: ErrorBody,
	): Promise<Answer> => ({
		page: 'console/newsletter-new',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request),
			spoken: spokenIn(request.locale, newsletterLocales),
			fields: typed,
			error,
		},
	})
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, summary: 'A new newsletter', responses },
			handle: ({ request }) => show(request, fieldsOf(undefined)),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path, summary: 'Make a newsletter', responses },
			body: fields,
			handle: ({ body, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						// a newsletter that its maker could not see
						if (request.signedIn.member.newsletterIds !== null) throw new AppError('forbidden', 'errors.role')
						const taken = (await listNewsletters(deps)).map(({ slug }) => slug)
						const input = toInput(body)
						const slug = toSlug(Object.values(input.texts)[0]?.name ?? '', taken)
						const made = await createScheduledNewsletter(
							deps,
							checkInput(newsletterInput, { slug, ...input }),
							request.actor,
						)
						return { redirect: `/console/newsletters/${made.slug}/sources` }
					},
					(error) => show(request, body, renameFields(error)),
				),
		}),
	]
}

function textsRoutes(deps: SettingsDeps): Route[] {
	const show = async (
		request: RequestContext,
		newsletter: Newsletter,
		{ typed, saved = false, error }: { typed?: NewsletterFields; saved?: boolean; error?: ErrorBody } = {},
	): Promise<Answer> => ({
		page: 'console/newsletter-settings',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { newsletter, current: 'settings' }),
			setup: await describeSetup(deps, newsletter, request),
			slug: newsletter.slug,
			spoken: spokenIn(request.locale, newsletterLocales),
			fields: typed ?? fieldsOf(newsletter),
			saved,
			error,
		},
	})
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path: base, params: slugOnly, summary: 'Names and sender', responses },
			query: z.object({ saved: z.string().optional() }),
			handle: async ({ params, query, request }) =>
				show(request, await findOwnNewsletter(deps, request, params.slug), { saved: query.saved === 'yes' }),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: base, params: slugOnly, summary: 'Change names and sender', responses },
			body: fields,
			handle: async ({ params: { slug }, body, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, slug)
				return showAgain(
					deps,
					request,
					async () => {
						const changes = checkInput(newsletterChanges, toInput(body))
						await changeScheduledNewsletter(deps, slug, changes, request.actor)
						return { redirect: `${base.replace('{slug}', slug)}?saved=yes` }
					},
					(error) => show(request, newsletter, { typed: body, error: renameFields(error) }),
				)
			},
		}),
	]
}

function scheduleRoutes(deps: SettingsDeps): Route[] {
	const path = '/console/newsletters/{slug}/schedule'
	const show = async (
		request: RequestContext,
		newsletter: Newsletter,
		{ typed, saved = false, error }: { typed?: ScheduleFields; saved?: boolean; error?: ErrorBody } = {},
	): Promise<Answer> => ({
		page: 'console/schedule',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { newsletter, current: 'settings' }),
			slug: newsletter.slug,
			fields: typed ?? scheduleFieldsOf(newsletter.schedule),
			zones: Intl.supportedValuesOf('timeZone'),
			inWords: newsletter.schedule && describeGoing(deps.messages, request.locale, newsletter.schedule),
			saved,
			error,
		},
	})
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, params: slugOnly, summary: 'When it goes out', responses },
			query: z.object({ saved: z.string().optional() }),
			handle: async ({ params, query, request }) =>
				show(request, await findOwnNewsletter(deps, request, params.slug), { saved: query.saved === 'yes' }),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path, params: slugOnly, summary: 'Change when it goes out', responses },
			body: fields,
			handle: async ({ params: { slug }, body, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, slug)
				const typed = readSchedule(body)
				return showAgain(
					deps,
					request,
					async () => {
						const changes = checkInput(newsletterChanges, { schedule: typed.schedule })
						await changeScheduledNewsletter(deps, slug, changes, request.actor)
						return { redirect: `${path.replace('{slug}', slug)}?saved=yes` }
					},
					(error) => show(request, newsletter, { typed: typed.fields, error: renameFields(error) }),
				)
			},
		}),
	]
}
