import { describe, expect, it } from 'vitest'
import {
	createReadReader,
	type FileShape,
	lookAtFile,
} from '../../../../src/subscriptions/imports/reading/index.ts'

const bytes = (text: string) => Buffer.from(text)
const windows1252 = (text: string) => Buffer.from(text, 'latin1')
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16()

const refusal = (content: Buffer) =>
	lookAtFile([content]).then(
		() => 'taken',
		(error) => error.details?.fields?.[0]?.message ?? error.fields?.[0]?.message ?? String(error),
	)

describe('A look at a file of readers', () => {
	const table =
		'E-mail;Langue;Thèmes;Inscrit le;Prénom;Remarques\nawa@post.example;fr;eau, santé;14/10/2026;Élodie;végétarienne\n'

	it('guesses separator, columns and encoding, and shows words by which a person sees that it is right', async () => {
		for (const [content, encoding] of [
			[bytes(table), 'utf-8'],
			[bytes(`\ufeff${table}`), 'utf-8'],
			[windows1252(table), 'windows-1252'],
			[Buffer.from(`\ufeff${table}`, 'utf16le'), 'utf-16le'],
			[utf16be(`\ufeff${table}`), 'utf-16be'],
			[Buffer.from(table, 'utf16le'), 'utf-16le'],
		] as const) {
			const look = await lookAtFile([content])
			expect(look.shape).toEqual({
				encoding,
				separator: ';',
				hasHeader: true,
				columns: ['address', 'language', 'topics', 'joined_at', 'given_name', 'left_out'],
				dateOrder: 'day_first',
				dateOrderBy: 'rows',
				dateOrderLine: 2,
				stateOfAll: 'active',
			})
			expect(look.headings[0]).toBe('E-mail')
			expect(look.rows[0]).toEqual({
				line: 2,
				cells: ['awa@post.example', 'fr', 'eau, santé', '14/10/2026', 'Élodie', 'végétarienne'],
			})
			expect(look.accented).toEqual(['santé', 'Élodie', 'végétarienne'])
		}
	})

	it('finds the addresses of a table without headings, whichever the separator', async () => {
		for (const separator of [',', ';', '\t'] as const) {
			const { shape } = await lookAtFile([
				bytes(`Ana${separator}ana@post.example\nBo${separator}bo@post.example\n`),
			])
			expect(shape).toMatchObject({ separator, hasHeader: false, columns: ['left_out', 'address'] })
		}
		expect((await lookAtFile([bytes('ana@post.example\r\nbo@post.example')])).shape.columns).toEqual([
			'address',
		])
	})

	it('does not take a street for an address of mail', async () => {
		const { shape } = await lookAtFile([bytes('Adresse,Courriel\n"12, rue du Lac",a@post.example\n')])
		expect(shape.columns).toEqual(['left_out', 'address'])
	})

	it('refuses with a sentence what is no table of readers in text', async () => {
		const key = (name: string) => `errors.import.file.${name}`
		expect(await refusal(Buffer.alloc(0))).toBe(key('empty'))
		expect(await refusal(Buffer.from('504b030414000600', 'hex'))).toBe(key('excel'))
		expect(await refusal(Buffer.from('d0cf11e0a1b11ae1', 'hex'))).toBe(key('excel'))
		expect(await refusal(bytes('%PDF-1.7\n'))).toBe(key('pdf'))
		expect(await refusal(Buffer.from('89504e470d0a1a0a', 'hex'))).toBe(key('picture'))
		expect(await refusal(Buffer.from('1f8b0800', 'hex'))).toBe(key('compressed'))
		expect(await refusal(bytes('\n<!DOCTYPE html>\n<title>Sign in</title>'))).toBe(key('web_page'))
		expect(await refusal(bytes('[{"email": "a@x.example"}]'))).toBe(key('json'))
		expect(await refusal(bytes('{"email": "a@x.example"}\n'))).toBe(key('json'))
		expect(await refusal(Buffer.from([1, 0, 7, 0, 0, 0, 9, 9]))).toBe(key('not_text'))
		expect(await refusal(bytes('email,name\n'))).toBe(key('no_rows'))
		expect(await refusal(bytes(`${'a,'.repeat(1_000)}b\n${'1,'.repeat(1_000)}2\n`))).toBe(key('too_wide'))
	})
})

describe('A reader of a row', () => {
	const shape: FileShape = {
		encoding: 'utf-8',
		separator: ',',
		hasHeader: true,
		columns: [
			'address',
			'given_name',
			'language',
			'topics',
			'rhythm',
			'joined_at',
			'state',
			'is_unsubscribed',
		],
		dateOrder: 'day_first',
		dateOrderBy: 'rows',
		dateOrderLine: 2,
		stateOfAll: 'active',
	}
	const topics = [
		{ slug: 'water', names: ['Water', 'Eau'] },
		{ slug: 'health', names: ['Health, all of it', 'Santé'] },
	]
	const read = createReadReader(shape, { locales: ['en', 'fr'], topics })
	const reader = (...cells: string[]) => read({ line: 2, cells })

	it('has what stands there, in the words of people', () => {
		expect(
			reader(
				'Zoé <ZOE@Post.example>',
				' Zoé ',
				'FR-ca',
				'eau; SANTE',
				'mensuel',
				'14/10/2026',
				'abonnée',
				'non',
			),
		).toEqual({
			ok: true,
			reader: {
				address: { local: 'ZOE', domain: 'post.example', comparable: 'zoe@post.example' },
				givenName: 'Zoé',
				locale: 'fr',
				topics: { all: false, slugs: ['water', 'health'] },
				rhythm: 'round_up',
				state: 'active',
				joinedAt: new Date('2026-10-14T00:00:00Z'),
				confirmedAt: null,
				consentUntil: null,
				leftAt: null,
				pausedUntil: null,
				untranslated: null,
				remarks: [],
			},
		})
	})

	it('is taken without what can’t be heeded, which is remarked', () => {
		const made = reader('m@gmial.com', '<b>', 'Klingon', 'Eau, Cheese', 'hourly', '31/02/2026', '', '')
		expect(made).toMatchObject({
			ok: true,
			reader: {
				givenName: null,
				locale: null,
				topics: { all: false, slugs: ['water'] },
				rhythm: null,
				joinedAt: null,
				state: 'active',
			},
		})
		expect(made.ok && made.reader.remarks.sort()).toEqual([
			'date_unreadable',
			'domain_slip',
			'language_unknown',
			'name_unusable',
			'rhythm_unknown',
			'topic_unknown',
		])
	})

	it('knows days as spreadsheets and systems write them', () => {
		const joined = (text: string) => {
			const made = reader('a@x.example', '', '', '', '', text)
			return made.ok && made.reader.joinedAt?.toISOString()
		}
		expect(joined('2024-03-01T09:30:00.123+02:00')).toBe('2024-03-01T07:30:00.123Z')
		expect(joined('2024-03-01 09:30')).toBe('2024-03-01T09:30:00.000Z')
		expect(joined('1.3.2024')).toBe('2024-03-01T00:00:00.000Z')
		expect(joined('1/3/2024 8:05 PM')).toBe('2024-03-01T20:05:00.000Z')
		expect(joined('45352')).toBe('2024-03-01T00:00:00.000Z')
		expect(joined('1/3/1024')).toBeUndefined()
	})

	it('can’t be used where its day is one in the other order alone', () => {
		const made = reader('a@x.example', '', '', '', '', '10/14/2026')
		expect(made).toMatchObject({ ok: false, problem: 'errors.import.row.date_order', address: 'a@x.example' })
	})

	it('never has more consent than the file says', () => {
		const state = (named: string, isUnsubscribed = '') => {
			const made = reader('a@x.example', '', '', '', '', '', named, isUnsubscribed)
			return made.ok ? made.reader.state : made.problem
		}
		expect(state('Subscribed')).toBe('active')
		expect(state('subscribed', 'true')).toBe('unsubscribed')
		expect(state('cleaned', 'false')).toBe('bounced')
		expect(state('spam', 'true')).toBe('complained')
		expect(state('pending')).toBe('errors.import.row.unconfirmed')
		expect(state('purple')).toBe('errors.import.row.state_unknown')
		expect(state('active', 'perhaps')).toBe('errors.import.row.state_unknown')
		const left = createReadReader({ ...shape, stateOfAll: 'unsubscribed' }, { locales: ['en'], topics })
		expect(left({ line: 2, cells: ['a@x.example', '', '', '', '', '', 'active'] })).toMatchObject({
			reader: { state: 'unsubscribed' },
		})
	})

	it('is none where its address is none or its letters are lost', () => {
		const problem = (address: string) => {
			const made = reader(address)
			return made.ok ? 'read' : `${made.problem} ${JSON.stringify(made.address)}`
		}
		expect(problem('')).toBe('errors.address.empty ""')
		expect(problem('info@@foyer.example')).toBe('errors.address.several_ats "info@@foyer.example"')
		expect(problem('a\0b@x.example')).toBe('errors.address.control "a\ufffdb@x.example"')
		expect(problem('zo\ufffd@x.example')).toBe('errors.import.row.encoding "zo\ufffd@x.example"')
		expect(read({ line: 3, cells: [], problem: 'quote' })).toEqual({
			ok: false,
			problem: 'errors.import.row.quote',
			address: '',
		})
	})
})
