import { z } from 'zod'
import { formatAddress, parseEmailAddress } from '../../kernel/email-address.ts'
import { roles } from '../../kernel/roles.ts'
import { lineInput } from '../../kernel/text-input.ts'
import { newsletterLocales } from '../../newsletters/index.ts'

export const memberName = lineInput(100).meta({ example: 'Amina Diallo' })

/** An address that a person types, as `{ email, emailKey }`. */
export const memberEmail = z.string().transform((text, context) => {
	const parsed = parseEmailAddress(text)
	if (parsed.ok) return { email: formatAddress(parsed.address), emailKey: parsed.address.comparable }
	context.addIssue({ code: 'custom', message: `errors.address.${parsed.problem}` })
	return z.NEVER
})

const locale = z.enum(newsletterLocales).meta({ description: 'The language that Envoi speaks to them' })
const role = z.enum(roles).meta({
	description:
		'`viewer` sees results without addresses, `editor` prepares, `approver` sends, `owner` does everything.',
})
const newsletters = z
	.array(z.string())
	.min(1)
	.max(100)
	.nullable()
	.meta({ description: 'The newsletters they may see, by their slugs; null: all', example: null })

export const memberInput = z
	.strictObject({
		name: memberName,
		email: memberEmail.meta({ override: { type: 'string' }, example: 'amina@example.org' }),
		role,
		newsletters: newsletters.default(null),
		locale: locale.default('en'),
	})
	.meta({ id: 'StaffMemberInput' })

export type MemberInput = z.output<typeof memberInput>

export const memberChanges = z
	.strictObject({
		name: memberName.optional(),
		role: role.optional(),
		newsletters: newsletters.optional(),
		locale: locale.optional(),
	})
	.meta({ id: 'StaffMemberChanges' })

export type MemberChangesInput = z.output<typeof memberChanges>
