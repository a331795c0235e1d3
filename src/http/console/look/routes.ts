import { z } from 'zod'
import { previewLook } from '../../../digests/index.ts'
import { AppError } from '../../../kernel/app-error.ts'
import {
	changeLook,
	type Newsletter,
	newsletterChanges,
	readLogo,
	textIn,
} from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { describeFrame, type FrameDeps, findOwnNewsletter } from '../describe-frame.ts'
import { describeSetup, type SetupDeps } from '../home/describe-setup.ts'
import { onward, responses, slugOnly } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { spokenIn } from '../spoken-in.ts'

export type LookPageDeps = FrameDeps &
	SetupDeps &
	Parameters<typeof changeLook>[0] &
	Parameters<typeof previewLook>[0]

const shared = { tag: consoleTag, access: { console: 'newsletters.change' }, params: slugOnly } as const
const path = '/console/newsletters/{slug}/look'
const upload = { bodyTypes: ['upload', 'urlencoded'], bodyOptional: true } as const

const text = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat()[0] ?? '')
const fields = z.object({
	colour: text.default(''),
	logo: z
		.custom<Buffer>((value) => Buffer.isBuffer(value))
		.optional()
		.catch(undefined),
	remove: text.optional(),
	language: text.optional(),
})
type Fields = z.output<typeof fields>

/** The colour and the logo of a newsletter, beside a digest that shows them. */
export function lookPageRoutes(deps: LookPageDeps): Route[] {
	return [...formRoutes(deps), ...previewRoutes(deps)]
}

type Shown = { colour?: string; error?: ErrorBody; saved?: boolean }

async function show(
	deps: LookPageDeps,
	request: RequestContext,
	newsletter: Newsletter,
	{ colour = newsletter.colour, saved = false, error }: Shown = {},
): Promise<Answer> {
	const languages = newsletter.texts.map(({ locale }) => locale)
	return {
		page: 'console/look',
		locale: request.locale,
		data: {
			frame: await describeFrame(deps, request, { newsletter, current: 'settings' }),
			setup: await describeSetup(deps, newsletter, request),
			slug: newsletter.slug,
			name: textIn(newsletter, request.locale).name,
			colour,
			logo: newsletter.logo,
			logoUrl: newsletter.logoUrl,
			spoken: spokenIn(request.locale, languages),
			saved,
			error,
		},
	}
}

function formRoutes(deps: LookPageDeps): Route[] {
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path, summary: 'Colour and logo', responses },
			query: z.object({ saved: z.string().optional() }),
			handle: async ({ params, query, request }) =>
				show(deps, request, await findOwnNewsletter(deps, request, params.slug), {
					saved: query.saved === 'yes',
				}),
		}),
		defineRoute({
			...shared,
			...upload,
			...{ method: 'post', path, summary: 'Change colour and logo', responses: onward },
			body: fields,
			handle: async ({ params: { slug }, body, request }) => {
				const newsletter = await findOwnNewsletter(deps, request, slug)
				return showAgain(
					deps,
					request,
					async () => {
						const { colour, logo } = wishOf(newsletter, body)
						await changeLook(deps, slug, { colour, logo: body.remove ? null : logo }, request.actor)
						return { redirect: `${path.replace('{slug}', slug)}?saved=yes` }
					},
					(error) => show(deps, request, newsletter, { colour: body.colour, error }),
				)
			},
		}),
	]
}

/** Throws `invalid` for a colour that is none. */
function wishOf(newsletter: Newsletter, { colour, logo }: Fields) {
	const checked = checkInput(newsletterChanges, { colour: colour.trim() })
	return { colour: checked.colour ?? newsletter.colour, logo }
}

/** The digest in the frame: as it looks now, or as the form beside it would have it. */
function previewRoutes(deps: LookPageDeps): Route[] {
	const preview = async (request: RequestContext, slug: string, wanted: Fields): Promise<Answer> => {
		const newsletter = await findOwnNewsletter(deps, request, slug)
		const locales = newsletter.texts.map(({ locale }) => locale)
		const locale = [wanted.language, request.locale].find((each) => each && locales.includes(each))
		const language = locale ?? newsletter.defaultLocale
		const sample = [1, 2, 3].map((number) => ({
			title: deps.messages.text(language, `console.look.sample.title_${number}`),
			summary: deps.messages.text(language, `console.look.sample.summary_${number}`),
		}))
		const { colour, logo } = wishOf(newsletter, wanted)
		const read = logo && (await readLogo(deps, logo))
		const html = await previewLook(deps, newsletter.id, { locale: language, colour, logo: read, sample })
		return { text: html, contentType: 'text/html', policy: 'mail' }
	}
	return [
		defineRoute({
			...shared,
			...{ method: 'get', path: `${path}/mail`, summary: 'A digest as it looks now', responses },
			query: z.object({ language: z.string().max(20).optional() }),
			handle: async ({ params: { slug }, query, request }) => {
				const { colour } = await findOwnNewsletter(deps, request, slug)
				return preview(request, slug, { colour, logo: undefined, ...query })
			},
		}),
		defineRoute({
			...shared,
			...upload,
			...{ method: 'post', path: `${path}/mail`, summary: 'A digest as it would look', responses },
			body: fields,
			handle: async ({ params: { slug }, body, request }) => {
				try {
					return await preview(request, slug, body)
				} catch (error) {
					if (!(error instanceof AppError) || error.code !== 'invalid') throw error
					const problems = error.fields.map(({ message, params }) =>
						deps.messages.text(request.locale, message, params),
					)
					return { status: 422, text: problems.join('\n'), contentType: 'text/plain', policy: 'mail' }
				}
			},
		}),
	]
}
