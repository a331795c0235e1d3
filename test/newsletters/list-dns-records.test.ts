import { describe, expect, it } from 'vitest'
import { listDnsRecords, type SenderConfig } from '../../src/newsletters/index.ts'
import { makeEd25519Key, makeRsaKey } from '../support/dkim-keys.ts'

const none: SenderConfig = {
	publicUrl: 'https://news.handsacross.example',
	smtpUrl: undefined,
	bounceDomain: undefined,
	dkimKeys: [],
	inbound: undefined,
	imap: undefined,
}
const from = { fromAddress: 'news@handsacross.example' }
const list = (config: Partial<SenderConfig>) => listDnsRecords(from, { ...none, ...config })
const find = (config: Partial<SenderConfig>, purpose: string) =>
	list(config).find((record) => record.purpose === purpose)

describe('the records in DNS that follow from the settings', () => {
	it('hold the public half of each key that Envoi signs with, at its name', () => {
		const keys = [makeRsaKey('handsacross.example'), makeEd25519Key('handsacross.example')]
		const published = list({ dkimKeys: keys }).filter(({ purpose }) => purpose === 'dkim')
		expect(Object.fromEntries(published.map(({ name, value }) => [name, value]))).toEqual({
			...keys[0]?.zone,
			...keys[1]?.zone,
		})
		expect(JSON.stringify(published)).not.toContain('PRIVATE')
	})

	it('ask where nobody signs, or who signs does so for another domain', () => {
		expect(find({}, 'dkim')).toMatchObject({ hint: 'nobody_signs', asks: true, value: undefined })
		const relay = 'smtp://us%40x:pa%3Ass@mail.example.net:587'
		expect(find({ smtpUrl: relay }, 'dkim')).toMatchObject({ hint: 'relay_signs', of: 'mail.example.net' })
		expect(find({ dkimKeys: [makeRsaKey('other.example')] }, 'dkim')).toMatchObject({ hint: 'unaligned' })
		expect(find({ dkimKeys: [makeRsaKey('mail.handsacross.example')] }, 'dkim')?.asks).toBe(false)
	})

	it.each([
		['smtp://user:secret@email-smtp.eu-west-1.amazonaws.com:587', 'include:amazonses.com'],
		['smtps://user:secret@smtp-relay.brevo.com', 'include:spf.brevo.com'],
		['smtp://mail.example.net', 'a:mail.example.net'],
		['smtp://192.0.2.25:25?tls=never', 'ip4:192.0.2.25'],
		['smtp://[2001:db8::25]:25', 'ip6:2001:db8::25'],
		['smtp://localhost:25?tls=never', 'a:news.handsacross.example'],
		['smtp://a.example.net?weight=3 smtps://in-v3.mailjet.com', 'a:a.example.net include:spf.mailjet.com'],
	])('name who may send: %s', (smtpUrl, part) => {
		expect(find({ smtpUrl }, 'spf')).toMatchObject({
			name: 'handsacross.example',
			value: `v=spf1 ${part} ~all`,
		})
	})

	it('say nothing of who may send where the settings can’t tell', () => {
		expect(find({}, 'spf')).toMatchObject({ hint: 'no_relay', value: undefined })
		for (const smtpUrl of ['smtp://10.0.0.7', 'smtp://172.20.1.1', 'smtp://postfix:25', 'smtp://[fd00::7]'])
			expect(find({ smtpUrl }, 'spf')).toMatchObject({ hint: 'ask_relay', value: undefined })
		const local = { smtpUrl: 'smtp://127.0.0.1', publicUrl: 'http://localhost:3000' }
		expect(find(local, 'spf')).toMatchObject({ hint: 'ask_relay', value: undefined })
	})

	it('name the return path’s domain, and who takes mail there', () => {
		const bounceDomain = 'bounces.handsacross.example'
		const relay = { smtpUrl: 'smtp://mail.example.net', bounceDomain }
		expect(find(relay, 'spf')?.name).toBe(bounceDomain)
		expect(find(relay, 'returned')).toMatchObject({ hint: 'nobody_takes', asks: true })
		expect(find({ ...relay, inbound: {} }, 'returned')).toMatchObject({
			type: 'MX',
			name: bounceDomain,
			value: '10 news.handsacross.example',
		})
		const byAddress = { ...relay, inbound: {}, publicUrl: 'https://192.0.2.1' }
		expect(find(byAddress, 'returned')).toMatchObject({ hint: 'listener_unnamed', value: undefined })
		const imap = { url: 'imaps://user:secret@imap.example.net' }
		expect(find({ ...relay, imap }, 'returned')).toMatchObject({ hint: 'mailbox', of: 'imap.example.net' })
		expect(find({}, 'returned')).toBeUndefined()
	})

	it('propose a policy that only watches, and tell where pages lead', () => {
		expect(find({}, 'dmarc')).toMatchObject({ name: '_dmarc.handsacross.example', value: 'v=DMARC1; p=none' })
		expect(find({}, 'pages')).toMatchObject({ name: 'news.handsacross.example', asks: false })
		expect(find({ publicUrl: 'http://localhost:3000' }, 'pages')).toMatchObject({ hint: 'local_pages' })
	})
})
