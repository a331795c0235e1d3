import { z } from 'zod'

/** Whether mail goes to a relay, or is kept here and reaches nobody. */
export const mailWay = z
	.enum(['relay', 'captured'])
	.meta({ description: '`captured`: no relay is set, mail is kept and reaches nobody' })

/** The way that mail takes, in the words of answers, log and metrics. */
export function mailWayOf({ captured }: { captured: object | undefined }): z.infer<typeof mailWay> {
	return captured ? 'captured' : 'relay'
}
