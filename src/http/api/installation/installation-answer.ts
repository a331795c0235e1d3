import { z } from 'zod'
import { holdReasons } from '../../../kernel/enumerations.ts'
import { mailWay } from '../../operation/mail-way.ts'
import { instant } from '../staff-answers.ts'

/** Since when sending is held after a restore, and why. */
export const heldAnswer = z
	.object({
		since: instant,
		reason: z.enum(holdReasons).meta({
			description:
				'The database belongs to another INSTALLATION_ID or data folder; it was copied or restored to another place; it is older than it was',
		}),
	})
	.meta({ id: 'Held', description: 'Sending is held until `resume-after-restore` is called' })

export const installationAnswer = z.object({
	publicUrl: z.string().meta({ description: 'Where its pages are: `PUBLIC_URL`, or this machine' }),
	mail: mailWay,
	held: heldAnswer.nullable(),
})

export type InstallationAnswer = z.infer<typeof installationAnswer>
