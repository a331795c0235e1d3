import type { Command } from 'commander'
import type { StaffInvitationAnswer, StaffMemberAnswer } from '../http/api/index.ts'
import type { CommandContext } from './command-context.ts'
import { readId } from './read-argument.ts'

type Options = { json?: boolean; name?: string; role?: string; newsletter?: string[]; locale?: string }

/** `envoi staff add|list|change|invite|remove`: the people who work in the console. */
export function addStaffMemberCommands(
	group: Command,
	{ t, add, run, suggest, table }: CommandContext,
): void {
	add(group, 'add <email>')
		.requiredOption('--name <name>', t('staff.option.name'))
		.option('--role <role>', t('staff.option.role'), 'owner')
		.option('--newsletter <newsletter...>', t('staff.option.newsletter'))
		.option('--locale <locale>', t('staff.option.locale'))
		.action((email: string, { name, role, newsletter, locale, ...options }: Options) =>
			run(options, async (api) => {
				const wanted = { name, email, role, newsletters: newsletter, locale }
				const json = await api.post<StaffInvitationAnswer>('/staff', wanted)
				return {
					json,
					text: `${t('staff.added', { id: json.id, name: name ?? '' })}\n\n  ${json.link}\n\n${t('staff.link')}`,
				}
			}),
		)

	add(group, 'list').action((options: Options) =>
		run(options, async (api) => {
			const json = await api.get<{ items: StaffMemberAnswer[] }>('/staff')
			if (json.items.length === 0)
				return {
					json,
					text: `${t('staff.none')}\n${suggest('staff add amina@example.org --name "Amina Diallo"')}`,
				}
			const rows = json.items.map((member) => [
				String(member.id),
				member.name,
				member.email,
				member.role,
				member.joined ? t('staff.joined') : t('staff.invited'),
			])
			return { json, text: table(['id', 'name', 'email', 'role', 'state'], rows) }
		}),
	)

	add(group, 'change <id>')
		.option('--name <name>', t('staff.option.name'))
		.option('--role <role>', t('staff.option.role'))
		.option('--newsletter <newsletter...>', t('staff.option.newsletter'))
		.action((id: string, { name, role, newsletter, ...options }: Options) =>
			run(options, async (api) => {
				await api.patch(`/staff/${readId(id, t)}`, { name, role, newsletters: newsletter })
				return { json: { id: Number(id) }, text: t('staff.changed', { id }) }
			}),
		)

	add(group, 'invite <id>').action((id: string, options: Options) =>
		run(options, async (api) => {
			const json = await api.post<StaffInvitationAnswer>(`/staff/${readId(id, t)}/invitation`)
			return { json, text: `  ${json.link}\n\n${t('staff.link_again')}` }
		}),
	)

	add(group, 'remove <id>').action((id: string, options: Options) =>
		run(options, async (api) => {
			await api.remove(`/staff/${readId(id, t)}`)
			return { json: { id: Number(id) }, text: t('staff.removed', { id }) }
		}),
	)
}
