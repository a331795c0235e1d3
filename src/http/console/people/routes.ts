import { z } from 'zod'
import type { Locale } from '../../../kernel/messages.ts'
import { type Role, roles } from '../../../kernel/roles.ts'
import { listNewsletters, newsletterLocales, textIn } from '../../../newsletters/index.ts'
import {
	addMember,
	changeMember,
	inviteAgain,
	linkDays,
	listMembers,
	type MembersDeps,
	mailLink,
	memberChanges,
	memberInput,
	removeMember,
} from '../../../staff/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import { checkInput } from '../../server/check-input.ts'
import { type Answer, consoleTag, defineRoute, type RequestContext, type Route } from '../../server/route.ts'
import { nameOfLanguage } from '../../visitors/describe-newsletter.ts'
import type { LinkToHandOver } from '../console-page-data.ts'
import { describeFrame, type FrameDeps } from '../describe-frame.ts'
import { form, onward, responses } from '../route-parts.ts'
import { showAgain } from '../show-again.ts'
import { ticked } from '../ticked.ts'

export type PeopleDeps = FrameDeps & MembersDeps & Parameters<typeof mailLink>[0]

const path = '/console/people'
const shared = { tag: consoleTag, access: { console: 'staff.manage' } } as const
const params = z.object({ id: z.coerce.number().int().positive() })
/** As long as a body may be: what is too long comes back beside its field. */
const typed = z.string().default('')

type Shown = {
	mailed?: boolean
	link?: LinkToHandOver | null
	form?: Partial<InviteForm>
	error?: ErrorBody
}

type InviteForm = { name: string; email: string; role: Role; newsletters: string[]; locale: Locale }

/** Who works in the console: invited, given another role, removed. */
export function peopleRoutes(deps: PeopleDeps): Route[] {
	return [showRoute(deps), inviteRoute(deps), ...memberRoutes(deps)]
}

async function show(
	deps: PeopleDeps,
	request: RequestContext,
	{ mailed = false, link = null, form, error }: Shown = {},
): Promise<Answer> {
	const { locale } = request
	const newsletters = (await listNewsletters(deps)).map((each) => ({
		id: each.id,
		slug: each.slug,
		name: textIn(each, locale).name,
	}))
	const people = (await listMembers(deps)).map((person) => ({
		...person,
		isSelf: person.id === request.signedIn.member.id,
		newsletters:
			person.newsletterIds &&
			newsletters.filter(({ id }) => person.newsletterIds?.includes(id)).map(({ name }) => name),
	}))
	return {
		page: 'console/people',
		locale,
		data: {
			frame: await describeFrame(deps, request, { current: 'settings' }),
			people,
			newsletters,
			roles,
			spoken: newsletterLocales.map((each) => ({ locale: each, name: nameOfLanguage(each) })),
			mailed,
			link,
			form: { name: '', email: '', role: 'editor', newsletters: [], locale, ...form, error },
		},
	}
}

function showRoute(deps: PeopleDeps): Route {
	return defineRoute({
		...shared,
		...{ method: 'get', path, summary: 'Who works here', responses },
		query: z.object({ mailed: z.string().optional() }),
		handle: ({ query, request }) => show(deps, request, { mailed: query.mailed === 'yes' }),
	})
}

function inviteRoute(deps: PeopleDeps): Route {
	return defineRoute({
		...shared,
		...form,
		...{ method: 'post', path, summary: 'Invite somebody', responses },
		body: z.object({ name: typed, email: typed, role: typed, locale: typed, newsletters: ticked }),
		handle: ({ body, request }) =>
			showAgain(
				deps,
				request,
				async () => {
					const wanted = { ...body, newsletters: body.newsletters.length > 0 ? body.newsletters : null }
					const { link } = await addMember(deps, checkInput(memberInput, wanted), request.actor)
					const made = { name: body.name.trim(), link, days: linkDays.invitation, isFirst: true }
					return show(deps, request, { link: made })
				},
				(error) => {
					const role = roles.find((each) => each === body.role) ?? 'editor'
					return show(deps, request, { form: { ...body, role }, error })
				},
			),
	})
}

function memberRoutes(deps: PeopleDeps): Route[] {
	return [
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${path}/{id}`, params, summary: 'Change a role', responses: onward },
			body: z.object({ role: typed }),
			handle: ({ params, body, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						await changeMember(deps, params.id, checkInput(memberChanges, body), request.actor)
						return { redirect: path }
					},
					(error) => show(deps, request, { error }),
				),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${path}/{id}/invite`, params, summary: 'Invite again', responses },
			body: z.object({}),
			handle: ({ params, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						const made = await inviteAgain(deps, params.id, request.actor)
						return show(deps, request, { link: { ...made, isFirst: false } })
					},
					(error) => show(deps, request, { error }),
				),
		}),
		defineRoute({
			...shared,
			...form,
			...{ method: 'post', path: `${path}/{id}/mail`, params, summary: 'Mail a link', responses: onward },
			body: z.object({}),
			handle: async ({ params, request }) => {
				await mailLink(deps, params.id, request.actor)
				return { redirect: `${path}?mailed=yes` }
			},
		}),
		defineRoute({
			...shared,
			...form,
			...{
				method: 'post',
				path: `${path}/{id}/remove`,
				params,
				summary: 'Remove somebody',
				responses: onward,
			},
			body: z.object({}),
			handle: ({ params, request }) =>
				showAgain(
					deps,
					request,
					async () => {
						await removeMember(deps, params.id, request.actor)
						return { redirect: path }
					},
					(error) => show(deps, request, { error }),
				),
		}),
	]
}
