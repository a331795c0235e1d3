import { expect, it } from 'vitest'
import { fromRow, toRow } from '../../src/kernel/camel-row.ts'

const at = new Date(0)
const row = { id: 1, next_poll_at: at, image_url: null, etag: undefined, categories: ['next_poll'] }
const fields = { id: 1, nextPollAt: at, imageUrl: null, etag: undefined, categories: ['next_poll'] }

it('a row gets the names that code uses, and its values stay as they are', () => {
	expect(fromRow(row)).toStrictEqual(fields)
})

it('and back', () => {
	expect(toRow<typeof row>(fields)).toStrictEqual(row)
})
