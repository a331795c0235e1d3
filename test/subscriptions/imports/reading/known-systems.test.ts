import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createReadReader, lookAtFile } from '../../../../src/subscriptions/imports/reading/index.ts'
import { allRows } from '../../../support/all-rows.ts'

const place = (name: string) => new URL(`files/${name}.csv`, import.meta.url)

/** What a file of another system says: `address state name joined left`. */
async function readFileOf(name: string): Promise<{ system: string | null; readers: string[] }> {
	const { shape, system } = await lookAtFile([await readFile(place(name))])
	const read = createReadReader(shape, { locales: ['en', 'fr'], topics: [] })
	const readers: string[] = []
	for (const row of await allRows(createReadStream(place(name), { highWaterMark: 7 }), shape)) {
		const made = read(row)
		if (!made.ok) throw new Error(made.problem)
		const { address, state, givenName, joinedAt, confirmedAt, leftAt, remarks } = made.reader
		expect(remarks).toEqual([])
		const day = (date: Date | null) => date?.toISOString().slice(0, 10) ?? '-'
		const days = [confirmedAt ?? joinedAt, leftAt].map(day).join(' ')
		readers.push(`${address.local} ${state} ${givenName ?? '-'} ${days}`)
	}
	return { system, readers }
}

describe('Files of readers of other systems are known by their columns', () => {
	it.each([
		[
			'listmonk',
			['ada active - 2024-03-01 -', 'ben unsubscribed - 2023-05-11 -', 'cleo unsubscribed - 2022-12-24 -'],
		],
		['mailchimp-subscribed', ['ada active Ada 2024-03-01 -', 'cleo active Cléo 2023-10-14 -']],
		['mailchimp-unsubscribed', ['ben unsubscribed Ben 2022-01-02 2024-06-05']],
		['mailchimp-cleaned', ['gone bounced - 2021-01-02 2023-06-05']],
		['keila', ['ada active Ada - -', 'ben unsubscribed Ben - -', 'gone bounced - - -']],
		[
			'mailtrain',
			[
				'ada active Ada 2020-02-03 -',
				'ben unsubscribed Ben 2020-02-03 -',
				'gone bounced - 2020-02-03 -',
				'cross complained - 2020-02-03 -',
			],
		],
		['ghost', ['ada active - 2024-03-01 -', 'ben unsubscribed - 2023-05-11 -']],
		['substack', ['ada active - 2024-03-01 -', 'ben unsubscribed - 2023-05-11 -']],
		['brevo', ['ada active Ada 2024-10-14 -', 'ben unsubscribed Ben 2023-01-02 -']],
	])('%s', async (name, readers) => {
		expect(await readFileOf(name)).toEqual({ system: name.split('-')[0], readers })
	})
})
