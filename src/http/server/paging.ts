import { z } from 'zod'
import { isStorableDate } from '../../kernel/clock.ts'

/**
 * How every list is read: `limit` items a page, and `next` of a page given back as `after` leads to the page after it. A cursor
 * is text: the sort keys of the page's last item, joined by `_`. `read` gives undefined for what is no cursor of the list.
 */
export type CursorForm<Position> = {
	write(position: Position): string
	read(cursor: string): Position | undefined
}

/** Of lists that are sorted by their ids. */
export const idCursor: CursorForm<number> = {
	write: String,
	read: (cursor) => {
		const id = /^[1-9]\d{0,15}$/.test(cursor) ? Number(cursor) : undefined
		return Number.isSafeInteger(id) ? id : undefined
	},
}

/** Of lists that are sorted by a time and, within it, by a key that matches `key`. */
export function timeCursor(key: RegExp): CursorForm<{ time: Date; key: string }> {
	return {
		write: ({ time, key }) => `${time.getTime()}_${key}`,
		read: (cursor) => {
			const [, millis = '', found = ''] = /^(-?\d{1,15})_(.+)$/.exec(cursor) ?? []
			const time = new Date(Number.parseInt(millis, 10))
			return isStorableDate(time) && key.test(found) ? { time, key: found } : undefined
		},
	}
}

/** The query parameters of a list: `after` is a position once it is checked. */
export function pageParams<Position>(
	form: CursorForm<Position>,
	{ max, usual, describe }: { max: number; usual: number; describe: string },
) {
	return {
		limit: z.coerce.number().int().min(1).max(max).default(usual).meta({ description: describe }),
		after: z
			.string()
			.max(200)
			.transform((text, context) => {
				const position = form.read(text)
				if (position !== undefined) return position
				context.addIssue({ code: 'custom', message: 'errors.cursor' })
				return z.NEVER
			})
			.optional()
			.meta({ description: 'The `next` of the page before.' }),
	}
}

/** The answer of a list. */
export function pageAnswer<Item extends z.ZodType>(item: Item) {
	return z.object({
		items: z.array(item),
		next: z.string().nullable().meta({ description: 'Leads to the page after it, as `after`' }),
	})
}

/** Cuts a page of `limit` items out of what was found, which was asked for one more to see whether there are any. */
export function toPage<Item>(
	found: readonly Item[],
	limit: number,
	cursorOf: (last: Item) => string,
): { items: Item[]; next: string | null } {
	const items = found.slice(0, limit)
	const last = items.at(-1)
	return { items, next: last !== undefined && found.length > limit ? cursorOf(last) : null }
}

/** The header that leads to the next part of a table (RFC 8288); none after the last. */
export function linkToNext(
	path: string,
	query: Readonly<Record<string, string | number | undefined>>,
	next: string | null,
): Record<string, string> {
	if (next === null) return {}
	const search = new URLSearchParams()
	for (const [name, value] of Object.entries({ ...query, after: next })) {
		if (value !== undefined) search.set(name, String(value))
	}
	return { Link: `<${path}?${search}>; rel="next"` }
}
