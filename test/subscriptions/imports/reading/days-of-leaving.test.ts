import { describe, expect, it } from 'vitest'
import { createReadReader, lookAtFile } from '../../../../src/subscriptions/imports/reading/index.ts'
import { allRows } from '../../../support/all-rows.ts'

/** How the readers of a table stand, with nothing of it set by a person: `name state left`. */
async function statesOf(...lines: string[]): Promise<string[]> {
	const content = Buffer.from(`${lines.join('\n')}\n`)
	const { shape } = await lookAtFile([content])
	const read = createReadReader(shape, { locales: ['en', 'fr'], topics: [] })
	const states: string[] = []
	for (const row of await allRows([content], shape)) {
		const made = read(row)
		if (!made.ok) states.push(made.problem)
		else {
			const { address, state, leftAt, remarks } = made.reader
			states.push([address.local, state, leftAt?.toISOString().slice(0, 10) ?? [], remarks].flat().join(' '))
		}
	}
	return states
}

describe('Who left by the day of it', () => {
	it('does not come in as a reader where no other column says how they stand', async () => {
		expect(
			await statesOf(
				'email,joined at,unsubscribed at',
				'ada@x.example,2020-01-02,',
				'ben@x.example,2020-01-02,2023-04-05',
				'cleo@x.example,2020-01-02,a while ago',
			),
		).toEqual(['ada active', 'ben unsubscribed 2023-04-05', 'cleo unsubscribed date_unreadable'])
	})

	it('is a reader where the state of today says so: they came back', async () => {
		expect(
			await statesOf(
				'email,status,unsubscribed at',
				'ada@x.example,subscribed,2023-04-05',
				'ben@x.example,,2023-04-05',
				'cleo@x.example,unsubscribed,',
			),
		).toEqual(['ada active 2023-04-05', 'ben unsubscribed 2023-04-05', 'cleo unsubscribed'])
	})

	it('is nobody of whom the column says that there is no day', async () => {
		const none = ['NULL', '0000-00-00 00:00:00', '-', 'N/A', '\\N', 'never', 'jamais']
		const lines = none.map((nothing) => `ada@x.example,${nothing}`)
		expect(await statesOf('email,left at', 'ben@x.example,2023-04-05', ...lines)).toEqual([
			'ben unsubscribed 2023-04-05',
			...none.map(() => 'ada active'),
		])
	})
})

describe('A column whose heading means a day or a yes holds what its cells are', () => {
	it.each([
		['Confirmed', 'yes', 'no', ['ada active', 'ben unsubscribed']],
		['Confirmed', '2024-03-01', '2024-03-02', ['ada active', 'ben active']],
		['Unsubscribed', '', '2024-03-02', ['ada active', 'ben unsubscribed 2024-03-02']],
		['Unsubscribed', 'false', 'true', ['ada active', 'ben unsubscribed']],
		['Inscrit', '01/03/2024', '02/03/2024', ['ada active', 'ben active']],
		['Inscrit', 'oui', 'non', ['ada active', 'ben unsubscribed']],
		['Left at', 'no', 'yes', ['ada active', 'ben unsubscribed']],
	])('%s: %s, %s', async (heading, first, second, states) => {
		expect(await statesOf(`email,${heading}`, `ada@x.example,${first}`, `ben@x.example,${second}`)).toEqual(
			states,
		)
	})
})
