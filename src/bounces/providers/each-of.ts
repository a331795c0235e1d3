import type { z } from 'zod'
import { AppError } from '../../kernel/app-error.ts'
import type { ReportedEvent } from '../reported-event.ts'

/**
 * The events in a payload that is a list of them or one of them: those that `read` makes of what has the shape. All else
 * is passed over, for providers add kinds and fields without asking. Throws where it is neither list nor object.
 */
export function eachOf<Schema extends z.ZodType>(
	payload: unknown,
	schema: Schema,
	read: (item: z.output<Schema>, raw: unknown) => ReportedEvent | ReportedEvent[] | undefined,
): ReportedEvent[] {
	if (typeof payload !== 'object' || payload === null) {
		throw new AppError('malformed', 'errors.body.malformed')
	}
	const items: unknown[] = Array.isArray(payload) ? payload : [payload]
	return items.flatMap((item) => {
		const parsed = schema.safeParse(item)
		return (parsed.success && read(parsed.data, item)) || []
	})
}
