import type { SuppressionCursor } from '../../../suppressions/index.ts'
import { type CursorForm, timeCursor } from '../../server/paging.ts'

const byTime = timeCursor(/^[\w-]{43}$/)

/** A place in the list of suppressions: the time and hash of its last row. */
export const suppressionCursor: CursorForm<SuppressionCursor> = {
	write: ({ since, addressHash }) => byTime.write({ time: since, key: addressHash }),
	read: (cursor) => {
		const place = byTime.read(cursor)
		return place && { since: place.time, addressHash: place.key }
	},
}
