import { z } from 'zod'
import { roles } from '../../../kernel/roles.ts'
import { newsletterLocales } from '../../../newsletters/index.ts'
import {
	addMember,
	changeMember,
	inviteAgain,
	listMembers,
	type MembersDeps,
	memberChanges,
	memberInput,
	removeMember,
	type StaffMember,
} from '../../../staff/index.ts'
import { defineRoute, type Route } from '../../server/route.ts'
import { describeErrors, idParams, instant } from '../staff-answers.ts'

const shared = { tag: 'Staff', access: { permission: 'staff.manage' } } as const

const member = z
	.object({
		id: z.int(),
		name: z.string(),
		email: z.string(),
		role: z.enum(roles),
		newsletterIds: z.array(z.int()).nullable().meta({ description: 'Those they may see; null: all' }),
		locale: z.enum(newsletterLocales),
		createdAt: instant,
		joined: z.boolean().meta({ description: 'Whether they have chosen a password yet' }),
		codes: z.boolean().meta({ description: 'Whether signing in asks them for a one-time code' }),
		openId: z.boolean().meta({
			description: 'Whether they have come in by the organisation’s own accounts (OpenID Connect)',
		}),
		lastSeenAt: instant.nullable(),
	})
	.meta({ id: 'StaffMember' })

/** A person who works in the console, as JSON. */
export type StaffMemberAnswer = z.infer<typeof member>

const invitation = z
	.object({
		id: z.int(),
		link: z
			.string()
			.meta({ description: 'Leads to a page where they choose a password; good for 7 days, once' }),
	})
	.meta({ id: 'StaffInvitation' })

export type StaffInvitationAnswer = z.infer<typeof invitation>

/** The people who work in the console. */
export function staffRoutes(deps: MembersDeps): Route[] {
	return [listRoute(deps), inviteRoute(deps), inviteAgainRoute(deps), changeRoute(deps), removeRoute(deps)]
}

function listRoute(deps: MembersDeps): Route {
	return defineRoute({
		...shared,
		method: 'get',
		path: '/api/v1/staff',
		summary: 'The people who work in the console',
		responses: {
			200: { description: 'By name', schema: z.object({ items: z.array(member) }) },
			...describeErrors(401),
		},
		handle: async () => ({ json: { items: (await listMembers(deps)).map(toAnswer) } }),
	})
}

function toAnswer({ createdAt, lastSeenAt, ...rest }: StaffMember) {
	return { ...rest, createdAt: createdAt.toISOString(), lastSeenAt: lastSeenAt?.toISOString() ?? null }
}

function inviteRoute(deps: MembersDeps): Route {
	return defineRoute({
		...shared,
		method: 'post',
		path: '/api/v1/staff',
		summary: 'Invite somebody to the console',
		description: 'The answer holds the link by which they come in, this once: hand it over to them.',
		body: memberInput,
		responses: {
			201: { description: 'Invited', schema: invitation },
			...describeErrors(400, 401, 404, 409, 422),
		},
		handle: async ({ body, request }) => ({ status: 201, json: await addMember(deps, body, request.actor) }),
	})
}

function inviteAgainRoute(deps: MembersDeps): Route {
	return defineRoute({
		...shared,
		method: 'post',
		path: '/api/v1/staff/{id}/invitation',
		summary: 'Give somebody a new link',
		description:
			'To come in; or, where they have come in, to choose another password: it is good for one day. The one of before ends.',
		params: idParams,
		responses: {
			201: { description: 'The new link', schema: invitation },
			...describeErrors(401, 404),
		},
		handle: async ({ params, request }) => ({
			status: 201,
			json: { id: params.id, link: (await inviteAgain(deps, params.id, request.actor)).link },
		}),
	})
}

function changeRoute(deps: MembersDeps): Route {
	return defineRoute({
		...shared,
		method: 'patch',
		path: '/api/v1/staff/{id}',
		summary: 'Change what somebody may do in the console',
		description: 'At once. The last owner stays one.',
		params: idParams,
		body: memberChanges,
		responses: {
			204: { description: 'Changed' },
			...describeErrors(400, 401, 404, 409, 422),
		},
		handle: async ({ params, body, request }) => {
			await changeMember(deps, params.id, body, request.actor)
			return { status: 204, empty: true }
		},
	})
}

function removeRoute(deps: MembersDeps): Route {
	return defineRoute({
		...shared,
		method: 'delete',
		path: '/api/v1/staff/{id}',
		summary: 'Take somebody’s way into the console away',
		description: 'At once. Their name stays in the audit. The last owner stays.',
		params: idParams,
		responses: {
			204: { description: 'Removed' },
			...describeErrors(401, 404, 409),
		},
		handle: async ({ params, request }) => {
			await removeMember(deps, params.id, request.actor)
			return { status: 204, empty: true }
		},
	})
}
