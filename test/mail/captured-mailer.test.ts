import { expect, test } from 'vitest'
import { createCapturedMailer } from '../../src/mail/captured-mailer.ts'

const message = (subject: string) => ({
	envelope: { from: 'bounces@example.org', to: 'ada@example.net' },
	raw: [
		'From: =?UTF-8?Q?Carrefour_=C3=A9t=C3=A9?= <news@example.org>',
		'To: ada@example.net',
		`Subject: ${subject}`,
		'List-Unsubscribe:',
		' <https://news.example.org/unsubscribe/x>',
		'Date: Mon, 05 Jan 2026 10:00:00 +0000',
		'',
		'Bonjour',
		'',
	].join('\r\n'),
})

test('What is sent is kept, newest first, and can be read', async () => {
	const mailer = createCapturedMailer()
	expect(await mailer.send(message('one'))).toEqual({ kind: 'accepted', reply: '250 2.0.0 kept as 1' })
	await mailer.send(message('=?UTF-8?Q?=C3=A9t=C3=A9?='))
	expect(mailer.list().map(({ id }) => id)).toEqual([2, 1])
	const parsed = await mailer.get(2)?.parse()
	expect(parsed).toMatchObject({
		subject: 'été',
		from: 'Carrefour été <news@example.org>',
		to: 'ada@example.net',
		text: 'Bonjour\n',
	})
	expect(parsed?.headers).toContainEqual({
		name: 'list-unsubscribe',
		value: '<https://news.example.org/unsubscribe/x>',
	})
	expect(mailer.get(1)?.envelope.to).toBe('ada@example.net')
	mailer.clear()
	expect(mailer.list()).toEqual([])
})

test('Only the newest 500 are kept', async () => {
	const mailer = createCapturedMailer()
	for (let count = 0; count < 1_600; count++) await mailer.send(message('many'))
	expect(mailer.list()).toHaveLength(500)
	expect(mailer.list()[0]?.id).toBe(1_600)
	expect(mailer.get(1_101)).toBeDefined()
	expect(mailer.get(1_100)).toBeUndefined()
})
