import { type Permission, permissions } from './permissions.ts'

/** What a person who works in the console is: each may do what the one after it may, and more. */
export const roles = ['owner', 'approver', 'editor', 'viewer'] as const

export type Role = (typeof roles)[number]

const viewer: readonly Permission[] = ['newsletters.read', 'sources.read', 'stories.read', 'digests.read']
const editor: readonly Permission[] = [
	...viewer,
	'sources.change',
	'stories.change',
	'digests.prepare',
	'digests.test',
]
const approver: readonly Permission[] = [
	...editor,
	'digests.send',
	'subscribers.read',
	'subscribers.change',
	'suppressions.read',
	'bounces.read',
]

/** What reaches beyond one newsletter: not for members who may see some of them only. */
export const ofAllNewsletters: ReadonlySet<Permission> = new Set([
	'keys.manage',
	'webhooks.manage',
	'staff.manage',
	'retention.read',
	'installation.read',
	'installation.resume',
	'installation.backup',
	'suppressions.read',
	'suppressions.change',
	'bounces.read',
	'bounces.change',
])

/** What each role may do: a viewer sees results without addresses, an editor prepares, an approver sends, an owner does all. */
export const permissionsOfRole: Readonly<Record<Role, ReadonlySet<Permission>>> = {
	owner: new Set(permissions),
	approver: new Set(approver),
	editor: new Set(editor),
	viewer: new Set(viewer),
}
